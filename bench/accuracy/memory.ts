/** The memory of a process and all that it has started, from the system's view: the same for every contender. */
import { readdirSync, readFileSync } from 'node:fs';

const everyMs = 500;

/**
 * Watches the process `pid` and its descendants. The result ends the watching and gives the most memory that they have had
 * together, in bytes; pages that several share count once (Pss of /proc/PID/smaps_rollup).
 */
export function watchMemory(pid: number): () => number {
  let most = 0;
  const look = () => {
    const bytes = familyOf(pid).reduce((sum, each) => sum + proportional(each), 0);
    most = Math.max(most, bytes);
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

function proportional(pid: number): number {
  const text = attempt(() => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), '');
  const [, kilobytes] = /^Pss:\s*(\d+)/m.exec(text) ?? [];
  return 1024 * Number(kilobytes ?? 0);
}

/** A process may end while it is read. */
function attempt<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
