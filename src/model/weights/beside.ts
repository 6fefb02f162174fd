/** Opens the files that another file names beside itself, and no others. */
import path from 'node:path';
import { type ByteSource, withSource } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';

/**
 * The result of `work` on the file that `file` calls `name`.
 *
 * @param remedy how to get an absent one, as a sentence
 * @throws InvalidInputError when `name` is a path, which could lead anywhere, or when there is no such file
 */
export async function withFileBeside<Result>(
  file: string,
  name: unknown,
  remedy: string,
  work: (source: ByteSource) => Promise<Result>,
): Promise<Result> {
  if (typeof name !== 'string' || path.basename(name) !== name || /^\.*$/.test(name)) {
    throw expected('a plain file name', `paths in ${file}`, name);
  }
  return withSource(path.join(path.dirname(file), name), work).catch(
    (cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT'
        ? missing(name, `the model in ${path.dirname(file)}`, remedy)
        : cause;
    },
  );
}
