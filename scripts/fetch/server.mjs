/** One server of files, for the stages of src: short answers, what it says of a file, and downloads that continue. */
import fs from 'node:fs';
import { Client, readAnswer, retry } from './client.mjs';
import { download } from './download.mjs';
import { withProgress } from './progress.mjs';

/** @import { RemoteFile } from './download.mjs' */

/**
 * @typedef {object} ServerOptions
 * @property {string | undefined} token goes to the server alone, as a bearer token
 * @property {AbortSignal | undefined} signal ends all requests
 * @property {number[] | undefined} [pauses] milliseconds between tries that bring nothing new
 */

export class Server {
  #client;
  #retrying;

  /**
   * @param {URL} address may have a user and a password
   * @param {ServerOptions} options
   */
  constructor(address, { token, signal, pauses }) {
    this.#client = new Client([address], {
      ...(token !== undefined && { token }),
      ...(signal && { signal }),
    });
    this.#retrying = { pauses, signal };
  }

  /**
   * @param {URL} url
   * @param {number} mostBytes
   * @param {number[]} [pauses] in place of the server's
   */
  read(url, mostBytes, pauses = this.#retrying.pauses) {
    const attempt = async () => readAnswer(await this.#client.get(url), mostBytes);
    return retry(attempt, undefined, { ...this.#retrying, pauses });
  }

  /** @param {URL} url */
  head(url) {
    return retry(() => this.#client.head(url), undefined, this.#retrying);
  }

  /**
   * Downloads to `file`, which may hold the beginning.
   * @param {RemoteFile} remote
   * @param {string} file
   * @param {(bytes: number) => void} [onSize]
   */
  download(remote, file, onSize) {
    const { pauses } = this.#retrying;
    return download(this.#client, remote, file, { pauses, onSize });
  }

  /**
   * The same, with a line on standard error that shows how far it is.
   * @param {RemoteFile} remote
   * @param {string} file
   * @param {string} label
   */
  downloadShown(remote, file, label) {
    const measure = () => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    return withProgress(label, remote.bytes, measure, () => this.download(remote, file));
  }

  /** Ends the connections. */
  close() {
    return this.#client.close();
  }
}
