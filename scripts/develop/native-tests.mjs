/** bobbin_tests, the C++ tests, built as fast code: sanitizers have builds of their own. */
import path from 'node:path';
import { hashInputs } from '../inputs.mjs';
import { folderFault, writeRecord } from '../record.mjs';
import { packageRoot } from '../root.mjs';
import { work } from '../run.mjs';

const folder = path.join(packageRoot, 'build-tests');
const inputHash = () =>
  hashInputs(packageRoot, ['CMakeLists.txt', 'native', 'test/native', 'test/cuda/gpu']);

/** The program. Its arguments are parts of the names or paths of the tests to run; without arguments it runs all. */
export const nativeTests = path.join(folder, 'bobbin_tests');

/**
 * Builds the program if its sources have changed.
 * @throws {Error} when the build fails
 */
export function buildNativeTests() {
  const hash = inputHash();
  if (folderFault(folder, hash) === undefined) {
    return;
  }
  work('cmake', ['-S', packageRoot, '-B', folder, '-DBOBBIN_TESTS=ON']);
  work('cmake', ['--build', folder, '--parallel', '2', '--target', 'bobbin_tests']);
  writeRecord(folder, hash, [path.basename(nativeTests)]);
}
