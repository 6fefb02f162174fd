/** Reads environment variables that describe a cluster. */
import { expected } from '../../errors.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The port of the first worker of a machine where no variable says another. */
export const defaultPort = 15_000;

/**
 * A variable that is an integer of at least 0; undefined without one.
 *
 * @throws InvalidInputError for anything else
 */
export function integer(env: Environment, name: string): number | undefined {
  const text = env[name]?.trim();
  if (text === undefined || text === '') {
    return undefined;
  }
  if (!/^\d{1,9}$/.test(text)) {
    throw expected('an integer of at least 0', name, text);
  }
  return Number(text);
}

/** The hosts with a port each: their own, or one from `BOBBIN_PORT` on, so that those of one host differ. */
export function withPorts(env: Environment, hosts: readonly string[]): string[] {
  const first = integer(env, 'BOBBIN_PORT') ?? defaultPort;
  const used = new Map<string, number>();
  return hosts.map((text) => {
    const host = text.trim();
    if (/^(\[.*\]|[^:]*):\d+$/.test(host)) {
      return host;
    }
    const before = used.get(host) ?? 0;
    used.set(host, before + 1);
    return `${host}:${first + before}`;
  });
}
