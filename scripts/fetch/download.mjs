/** Downloads a file of known length and hash; continues one that was cut. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { bytesOf, HttpError, retry, shown } from './client.mjs';

/**
 * @import { Hash } from 'node:crypto'
 * @import { Answer, Client } from './client.mjs'
 */

/**
 * A file on a server: `bytes` its length, and its hash in hex: SHA-256, or that by which git names its content.
 * @typedef {{url: URL, bytes: number} & ({sha256: string} | {gitHash: string})} RemoteFile
 */

/**
 * @typedef {object} DownloadOptions
 * @property {number[] | undefined} [pauses] between tries, in milliseconds
 * @property {((bytes: number) => void) | undefined} [onSize] is told how many bytes are there
 */

/** @param {RemoteFile} remote */
const checksumOf = (remote) =>
  'sha256' in remote
    ? { name: 'SHA-256', wanted: remote.sha256, start: () => createHash('sha256') }
    : {
        name: "git's hash",
        wanted: remote.gitHash,
        start: () => createHash('sha1').update(`blob ${remote.bytes}\0`),
      };

/** A file that grows, and the hash of what it holds. */
class PartialFile {
  #descriptor;
  #start;
  #hash;
  size = 0;

  /**
   * @param {string} file may exist
   * @param {() => Hash} start begins a hash
   */
  constructor(file, start) {
    this.#start = start;
    this.#hash = start();
    this.#descriptor = fs.openSync(file, 'a+');
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (let bytes = -1; bytes !== 0; this.size += bytes) {
      bytes = fs.readSync(this.#descriptor, buffer, 0, buffer.length, this.size);
      this.#hash.update(buffer.subarray(0, bytes));
    }
  }

  /** @param {Buffer} chunk */
  append(chunk) {
    fs.writeFileSync(this.#descriptor, chunk);
    this.#hash.update(chunk);
    this.size += chunk.length;
  }

  restart() {
    fs.ftruncateSync(this.#descriptor);
    this.#hash = this.#start();
    this.size = 0;
  }

  /** In hex. */
  digest() {
    return this.#hash.copy().digest('hex');
  }

  close() {
    fs.closeSync(this.#descriptor);
  }
}

/**
 * Downloads `remote` to `file`. What `file` holds already is taken for its beginning, whichever server it came from: the hash
 * decides. After a failure of the network `file` stays, so that a later call continues it; after any other it is removed.
 * @param {Client} client
 * @param {RemoteFile} remote
 * @param {string} file
 * @param {DownloadOptions} [options]
 * @throws {Error} one sentence, when the file is not to be had or another one
 */
export async function download(client, remote, file, options = {}) {
  const partial = new PartialFile(file, checksumOf(remote).start);
  try {
    await complete(client, remote, partial, options);
  } catch (error) {
    const isPassing = error instanceof HttpError && error.passing;
    if (!isPassing && !client.signal?.aborted) {
      fs.rmSync(file);
    }
    throw error;
  } finally {
    partial.close();
  }
}

/**
 * @param {Client} client
 * @param {RemoteFile} remote
 * @param {PartialFile} partial
 * @param {DownloadOptions} options
 */
async function complete(client, remote, partial, options) {
  const { url, bytes } = remote;
  const { name, wanted } = checksumOf(remote);
  if (partial.size > bytes) {
    partial.restart();
  }
  const isContinued = partial.size > 0;
  await retry(
    () => receive(client, remote, partial, options),
    () => partial.size,
    { pauses: options.pauses, signal: client.signal },
  );
  const received = partial.digest();
  if (received === wanted) {
    return;
  }
  if (!isContinued) {
    throw new Error(`Expected ${name} ${wanted} for ${shown(url)} but received ${received}`);
  }
  partial.restart();
  await complete(client, remote, partial, options);
}

/**
 * Appends what is missing.
 * @param {Client} client
 * @param {RemoteFile} remote
 * @param {PartialFile} partial
 * @param {DownloadOptions} options
 */
async function receive(client, { url, bytes }, partial, { onSize = () => {} }) {
  if (partial.size === bytes) {
    return;
  }
  const answer = await client
    .get(url, partial.size > 0 ? { range: `bytes=${partial.size}-` } : {})
    .catch((error) => {
      // Range not satisfiable: the next try asks for the whole.
      const isRefusal = error instanceof HttpError && error.status === 416 && partial.size > 0;
      if (isRefusal) {
        partial.restart();
      }
      throw isRefusal ? new HttpError(error.message, { passing: true, status: 416 }) : error;
    });
  if (startOf(answer) !== partial.size) {
    // The server sends whole files alone.
    partial.restart();
  }
  const { 'content-length': length = bytes - partial.size } = answer.answer.headers;
  checkLength(url, bytes, partial.size + Number(length));
  for await (const chunk of bytesOf(answer)) {
    checkLength(url, bytes, Math.max(bytes, partial.size + chunk.length));
    partial.append(chunk);
    onSize(partial.size);
  }
  if (partial.size < bytes) {
    const message = `Expected ${bytes} bytes from ${shown(url)} but received ${partial.size}`;
    throw new HttpError(message, { passing: true });
  }
}

/**
 * The place in the file at which an answer begins.
 * @param {Answer} answer
 */
function startOf({ answer: { statusCode, headers } }) {
  const [, start = ''] = String(headers['content-range'] ?? '').match(/^bytes (\d+)-/) ?? [];
  return statusCode === 206 ? Number.parseInt(start, 10) : 0;
}

/**
 * @param {URL} url
 * @param {number} expected
 * @param {number} received
 */
function checkLength(url, expected, received) {
  if (received !== expected) {
    throw new HttpError(
      `Expected a file of ${expected} bytes at ${shown(url)} but received one of ${received}`,
    );
  }
}
