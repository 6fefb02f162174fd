/** A thread that hashes files: JavaScript, because a thread's first file is loaded without the loaders of the main thread. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

const buffer = Buffer.allocUnsafeSlow(256 * 1024);

/**
 * The hash and status of a file, or why it cannot be read: the system's code, or what it is instead.
 *
 * @param {string} file
 */
function hashFile(file) {
  try {
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return hashOpen(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    return { code: code === 'ENXIO' ? 'a socket or a device' : (code ?? String(error)) };
  }
}

/** @param {number} descriptor */
function hashOpen(descriptor) {
  const status = fstatSync(descriptor);
  if (!status.isFile()) {
    return { code: kindOf(status) };
  }
  const hash = createHash('sha256');
  for (let length = -1; length !== 0; ) {
    length = readSync(descriptor, buffer);
    hash.update(buffer.subarray(0, length));
  }
  return { hash: hash.digest('hex'), size: status.size, mtimeMs: status.mtimeMs };
}

/**
 * In the words of src/disk/regular-file.ts, which a thread cannot load.
 *
 * @param {import('node:fs').Stats} status
 */
function kindOf(status) {
  if (status.isDirectory()) {
    return 'a folder';
  }
  return status.isFIFO() ? 'a pipe' : 'a device';
}

// Keeps an open file free for the files to come: where there is none, the thread fails at its start and fewer threads do the work.
const kept = openSync('/dev/null', constants.O_RDONLY);
parentPort?.once('message', () => closeSync(kept));
parentPort?.on('message', (/** @type {string[]} */ files) => {
  parentPort?.postMessage(files.map(hashFile));
});
parentPort?.postMessage('ready');
