/** Downloads a file of known length and hash; continues one that was cut. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { bytesOf, HttpError, retry, shown } from './client.mjs';

/** @import { Answer, Client } from './client.mjs' */

/**
 * A file on a server: `sha256` in hex, `bytes` its length.
 * @typedef {{url: URL, sha256: string, bytes: number}} RemoteFile
 */

/** A file that grows, and the hash of what it holds. */
class PartialFile {
  #descriptor;
  #hash = createHash('sha256');
  size = 0;

  /** @param {string} file may exist */
  constructor(file) {
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
    this.#hash = createHash('sha256');
    this.size = 0;
  }

  /** SHA-256 in hex. */
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
 * @param {number[]} [pauses] between tries, in milliseconds
 * @throws {Error} one sentence, when the file is not to be had or another one
 */
export async function download(client, remote, file, pauses) {
  const partial = new PartialFile(file);
  try {
    await complete(client, remote, partial, pauses);
  } catch (error) {
    if (!(error instanceof HttpError) || !error.passing) {
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
 * @param {number[] | undefined} pauses
 */
async function complete(client, remote, partial, pauses) {
  const { url, sha256, bytes } = remote;
  if (partial.size > bytes) {
    partial.restart();
  }
  const isContinued = partial.size > 0;
  await retry(
    () => receive(client, remote, partial),
    () => partial.size,
    pauses,
  );
  const received = partial.digest();
  if (received === sha256) {
    return;
  }
  if (!isContinued) {
    throw new Error(`Expected SHA-256 ${sha256} for ${shown(url)} but received ${received}`);
  }
  partial.restart();
  await complete(client, remote, partial, pauses);
}

/**
 * Appends what is missing.
 * @param {Client} client
 * @param {RemoteFile} remote
 * @param {PartialFile} partial
 */
async function receive(client, { url, bytes }, partial) {
  if (partial.size === bytes) {
    return;
  }
  const answer = await client.get(url, partial.size > 0 ? { range: `bytes=${partial.size}-` } : {});
  if (startOf(answer) !== partial.size) {
    // The server sends whole files alone.
    partial.restart();
  }
  const { 'content-length': length = bytes - partial.size } = answer.answer.headers;
  checkLength(url, bytes, partial.size + Number(length));
  for await (const chunk of bytesOf(answer)) {
    checkLength(url, bytes, Math.max(bytes, partial.size + chunk.length));
    partial.append(chunk);
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
