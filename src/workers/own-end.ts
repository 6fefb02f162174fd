/** What a worker owes the process that began it: its end when that one ends, also where that was killed, and word that it began. */
import { begunWord, starterVariable } from './worker-process.js';

/** Whether another process began this one as a worker, and has not heard from it. */
let hasStarter = false;

/** Tells the process that began this one as a worker, once, that its work has begun; see {@link begunWord}. */
export function tellStarter(): void {
  if (hasStarter && process.connected) {
    process.send?.(begunWord);
  }
  hasStarter = false;
}

/**
 * Sends this process SIGTERM when the process that began it as a worker has ended. In other processes nothing happens.
 */
export function endWithStarter(): void {
  if (process.env[starterVariable] === undefined) {
    return;
  }
  // A process that this one begins has this process as its starter, and not the launcher.
  delete process.env[starterVariable];
  const end = () => process.kill(process.pid, 'SIGTERM');
  if (!process.connected) {
    // The other process ended before this one had begun to listen.
    end();
    return;
  }
  hasStarter = true;
  process.on('disconnect', end);
  // The channel alone keeps no process alive.
  process.channel?.unref();
}
