/** The memory of a process and all that it has started, from the system's view: the same for every contender. */
import { readdirSync, readFileSync } from 'node:fs';

const everyMs = 500;

/**
 * Watches the process `pid` and its descendants. The result ends the watching and gives the most memory that they have had
 * together, in bytes; pages that several share count once (Pss of /proc/PID/smaps_rollup).
 *
 * The system counts these for a tenth of a second in large processes, which would slow the contender down. So they are read
 * only when the sizes of all (VmRSS), which it knows, add up to more than ever before.
 */
export function watchMemory(pid: number): () => number {
  let most = 0;
  let mostResident = 0;
  const look = () => {
    const family = familyOf(pid);
    const resident = total(family, 'status', /^VmRSS:\s*(\d+)/m);
    if (resident > mostResident) {
      mostResident = resident;
      most = Math.max(most, total(family, 'smaps_rollup', /^Pss:\s*(\d+)/m));
    }
  };
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    return most;
  };
}

function familyOf(pid: number): number[] {
  const children = attempt(
    () =>
      readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
        readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
      ),
    [],
  );
  return [pid, ...children.flatMap((child) => familyOf(Number(child)))];
}

/** The sum over processes of a number of kilobytes in a file of /proc, in bytes. */
function total(pids: readonly number[], file: string, kilobytes: RegExp): number {
  return pids.reduce((sum, pid) => {
    const text = attempt(() => readFileSync(`/proc/${pid}/${file}`, 'utf8'), '');
    return sum + 1024 * Number(kilobytes.exec(text)?.[1] ?? 0);
  }, 0);
}

/** A process may end while it is read. */
function attempt<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
