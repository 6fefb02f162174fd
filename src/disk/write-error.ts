/** Errors of the system on writing, in words: the file, how much was to be written, and the way out. */
import os from 'node:os';
import { InvalidInputError } from '../errors.js';
import { finalName } from './leftovers.js';

/** What to do about each error of the system (errno(3)). */
const remedies: Record<string, string> = {
  ENOSPC: 'Free space on its disk, or name another folder',
  EDQUOT: "Free some of this user's quota there, or name another folder",
  EFBIG:
    'Raise the limit on the size of files (`ulimit -f`), or name a folder on another file system',
  EROFS: 'Its file system is read-only: name another folder',
  EACCES: 'Let this user write there, or name another folder',
  EPERM: 'Let this user write there, or name another folder',
  EISDIR: 'There is a folder of that name: move it away, or name another folder',
  ENOTDIR: 'A part of its path is a file: name another folder',
  ENOTEMPTY: 'There is a folder of that name with other files: move it away, or name another',
  EMFILE: 'Raise the limit on open files (`ulimit -n`)',
  ENFILE: 'The whole system has too many open files: end other programs',
  ENAMETOOLONG: 'Name a shorter path',
  EIO: 'Its disk is faulty: read the log of the system, and name a folder on another disk',
};

/**
 * The result of `work`, which writes `file`, a part of it of `bytes` bytes.
 *
 * @throws InvalidInputError for an error of the system, with `file`, `bytes` and the way out; other errors as they are.
 */
export async function writing<Result>(
  file: string,
  work: () => Promise<Result>,
  bytes?: number,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw writeError(error, file, bytes);
  }
}

/** An error on writing `file` in words, if it is one of the system; see {@link writing}. */
export function writeError(error: unknown, file: string, bytes?: number): unknown {
  if (!isSystemError(error)) {
    return error;
  }
  const reason = reasonOf(error);
  const amount = bytes === undefined ? '' : ` ${sizeOf(bytes)}`;
  const remedy = remedies[reason.split(':')[0] as string] ?? 'Name another folder';
  return new InvalidInputError(
    `Expected to write${amount} to ${finalName(file)} but received ${reason}. ${remedy}`,
    { cause: error },
  );
}

/** Name and meaning of an error, such as `ENOSPC: no space left on device`. */
function reasonOf({ errno, message }: NodeJS.ErrnoException): string {
  // The only one of the remedies that Node has no name for.
  if (errno === -os.constants.errno.EDQUOT) {
    return 'EDQUOT: disk quota exceeded';
  }
  // Node appends the call and the path, which may be the temporary one.
  return message.split(', ')[0] as string;
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error;

function sizeOf(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  const step = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 ? value : value.toPrecision(3)} ${units[step]}`;
}
