/** Runs other programs for set-up: quietly to ask, in the open to work. */
import { spawnSync } from 'node:child_process';

/** Standard output of a command that answers a question, or undefined where it cannot be run. */
export function ask(command, args, options = {}) {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** Runs a command in the open; a failure ends set-up with one sentence that names it. */
export function work(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (result.status === 0) {
    return;
  }
  const how = result.error?.message ?? `exit status ${result.status ?? result.signal}`;
  throw new Error(`\`${command} ${args.join(' ')}\` failed (${how}); its own words are above.`);
}
