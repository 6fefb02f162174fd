/** Lets a worker end with the process that began it, also where that was killed. */
import { starterVariable } from './worker-process.js';

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
  process.on('disconnect', end);
  // The channel alone keeps no process alive.
  process.channel?.unref();
}
