/** Allows one training at a time in a run's folder: a process claims it by an empty file with the process in its name. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expected } from '../errors.js';

/**
 * Claims `run` for this process; call the result to release it. A claim whose process has ended, even by
 * `kill -9`, is void and removed. A process is identified by number and start time, since the system
 * reuses numbers. Two processes that claim at the same moment may both be refused, but never both succeed.
 *
 * @throws InvalidInputError when a training is under way in `run` on this machine
 */
export async function lockRun(run: string): Promise<() => Promise<void>> {
  await mkdir(run, { recursive: true });
  const mine = claimOf(process.pid, (await startOf(process.pid)) as string);
  const file = path.join(run, mine);
  await writeFile(file, '', { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? busy(run, process.pid) : error;
  });
  const unlock = () => rm(file, { force: true });
  try {
    // Read after the claim: of two processes, at least one then sees the other.
    for (const claim of await readdir(run)) {
      if (claim !== mine) {
        await checkVoid(run, claim);
      }
    }
    return unlock;
  } catch (error) {
    await unlock();
    throw error;
  }
}

const claimOf = (pid: number, start: string): string => `lock-${pid}-${start}`;

async function checkVoid(run: string, name: string): Promise<void> {
  const [, pid, start] = /^lock-(\d+)-(\d+)$/.exec(name) ?? [];
  if (pid === undefined) {
    return;
  }
  if ((await startOf(Number(pid))) === start) {
    throw busy(run, Number(pid));
  }
  await rm(path.join(run, name), { force: true });
}

function busy(run: string, pid: number): Error {
  const remedy = `Process ${pid} trains in it: wait for its end, or choose another folder`;
  return expected('a folder without a training under way', 'run', run, remedy);
}

/**
 * Start time of a process, in clock ticks since boot; undefined when it does not exist or is a zombie. These
 * are fields 3 and 22 of `/proc/PID/stat` (proc(5)).
 */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field, the program's name in brackets, may contain spaces and brackets.
  const [state, ...rest] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  return state === 'Z' || state === 'X' ? undefined : rest[18];
}
