/** Network namespaces, one for each worker, that a bridge joins; what each sends is limited by tc's token bucket. */
import { spawnSync } from 'node:child_process';
import { messageOf } from '../../scripts/run.mjs';
import { freePorts } from '../../src/workers/ports.js';

/** Where the workers of a run are. */
export interface Places {
  /** Their addresses, `host:port`. */
  workers: string[];
  /** The words before the command of a worker. */
  within(index: number): string[];
  close(): void;
}

/** Loopback, without a limit. */
export async function onLoopback(count: number): Promise<Places> {
  const workers = (await freePorts(count)).map((port) => `127.0.0.1:${port}`);
  return { workers, within: () => [], close: () => {} };
}

/** What may be sent at once: two of the largest packets, which are filled up in a millisecond at 1 Gb/s. */
const burstBytes = 128 * 1024;
const port = 7000;

/**
 * @param megabits most that a worker sends in a second, in 10⁶ bits; undefined for no limit
 * @throws an Error with the reason where the system refuses: it needs Linux, root, `ip` and `tc`
 */
export function inNamespaces(count: number, megabits: number | undefined): Places {
  const bridge = `bobbin${process.pid}`;
  const names = Array.from({ length: count }, (_, index) => `${bridge}-${index}`);
  const outside = names.map((_, index) => `bb${process.pid}v${index}`);
  const close = () => {
    process.off('exit', close);
    for (const name of names) {
      spawnSync('ip', ['netns', 'delete', name]);
    }
    // The end of a namespace would delete them, too, but only after a while.
    for (const link of [...outside, bridge]) {
      spawnSync('ip', ['link', 'delete', link]);
    }
  };
  process.on('exit', close);
  try {
    system('ip', 'link', 'add', bridge, 'type', 'bridge');
    system('ip', 'link', 'set', bridge, 'up');
    names.forEach((name, index) => {
      const link = outside[index] as string;
      const inside = (...words: string[]) => system('ip', '-netns', name, ...words);
      system('ip', 'netns', 'add', name);
      system('ip', ...`link add ${link} type veth peer name eth0 netns ${name}`.split(' '));
      system('ip', 'link', 'set', link, 'master', bridge, 'up');
      inside('address', 'add', `${addressOf(index)}/24`, 'dev', 'eth0');
      inside('link', 'set', 'lo', 'up');
      inside('link', 'set', 'eth0', 'up');
      if (megabits !== undefined) {
        const limit = `rate ${megabits}mbit burst ${burstBytes} latency 200ms`;
        system('tc', '-netns', name, ...`qdisc add dev eth0 root tbf ${limit}`.split(' '));
      }
    });
  } catch (error) {
    close();
    throw error;
  }
  return {
    workers: names.map((_, index) => `${addressOf(index)}:${port}`),
    within: (index) => ['ip', 'netns', 'exec', names[index] as string],
    close,
  };
}

const addressOf = (index: number) => `10.77.0.${index + 1}`;

/** Why no network can be limited here, in one sentence; undefined if it can. */
export function unlimitedBecause(): string | undefined {
  try {
    inNamespaces(1, 1000).close();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function system(command: string, ...words: string[]): void {
  const { status, error, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (status !== 0) {
    const reason = error?.message ?? (stderr.trim().split('\n').at(-1) || `exit status ${status}`);
    throw new Error(`\`${command} ${words.join(' ')}\` failed: ${reason}`);
  }
}
