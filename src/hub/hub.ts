/** Asks a Hugging Face hub, or a mirror of one, for a repository: its commit, its files, and what a file's hash is. */
import { isObject, parseJson, writing } from '../disk/index.js';
import { expected, InvalidInputError } from '../errors.js';
import { openServer, type RemoteFile, type Server } from '../set-up.js';
import type { Listing } from './cache.js';
import { isPlainPath } from './reference.js';

const usualEndpoint = 'https://huggingface.co';
/** The listing of thousands of files takes some hundred kilobytes. */
const mostListingBytes = 20_000_000;

interface HubSettings {
  signal?: AbortSignal | undefined;
  /** Milliseconds between tries that bring nothing new. */
  pauses?: number[] | undefined;
}

/** Opens the hub that `HF_ENDPOINT` names, with the token of `HF_TOKEN`. */
export async function openHub(repository: string, settings: HubSettings = {}): Promise<Hub> {
  const { HF_ENDPOINT, HF_TOKEN } = process.env;
  const address = HF_ENDPOINT || usualEndpoint;
  if (!/^https?:$/.test(URL.canParse(address) ? new URL(address).protocol : '')) {
    // It may contain a password.
    throw new InvalidInputError(
      `Expected an address such as ${usualEndpoint} for HF_ENDPOINT but received another value`,
    );
  }
  const endpoint = new URL(address.replace(/\/*$/, '/'));
  const token = HF_TOKEN?.trim() || undefined;
  const server = await openServer(endpoint, { token, signal: undefined, ...settings });
  return new Hub(repository, endpoint, server, settings.signal);
}

/** One repository. API: https://huggingface.co/docs/hub/api, and the headers that huggingface_hub reads of a file. */
export class Hub {
  constructor(
    private readonly repository: string,
    private readonly endpoint: URL,
    private readonly server: Server,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Whose hub it is, for messages. */
  get host(): string {
    return this.endpoint.host;
  }

  /** @param pauses none for one try */
  async listing(revision: string, pauses?: number[]): Promise<Listing> {
    const url = this.address(
      'api/models',
      this.repository,
      'revision',
      encodeURIComponent(revision),
    );
    const text = await this.answered(revision, () =>
      this.server.read(url, mostListingBytes, pauses),
    );
    const found = parseJson(text.toString(), `the answer of ${this.host}`, notTheHub);
    const { sha, siblings } = isObject(found) ? found : {};
    const names = Array.isArray(siblings) ? siblings.map((each) => each?.rfilename) : undefined;
    if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha) || names === undefined) {
      throw expected('a commit and its files', `the answer of ${this.host}`, found, notTheHub);
    }
    const wrong = names.find((name) => typeof name !== 'string');
    if (wrong !== undefined) {
      throw expected('names of files', `the answer of ${this.host}`, wrong, notTheHub);
    }
    // Names that lead out of the repository, or that a disk may not take, are none of its files.
    return { commit: sha, files: names.filter(isPlainPath) };
  }

  /** The address, length and hash of a file. */
  async remote(commit: string, file: string): Promise<RemoteFile> {
    const parts = file.split('/').map(encodeURIComponent);
    const url = this.address(this.repository, 'resolve', commit, ...parts);
    const headers = await this.answered(commit, () => this.server.head(url));
    const bytes = Number(headers['x-linked-size'] ?? headers['content-length']);
    const etag = String(headers['x-linked-etag'] ?? headers.etag ?? '');
    const [, hash = ''] = /^(?:W\/)?"?([0-9a-f]{40}|[0-9a-f]{64})"?$/.exec(etag) ?? [];
    const theirs = headers['x-repo-commit'] ?? commit;
    if (!Number.isSafeInteger(bytes) || bytes < 0 || hash === '' || theirs !== commit) {
      throw expected(
        'a length, a hash and the commit',
        `the headers of ${file} from ${this.host}`,
        { bytes, etag, commit: theirs },
        notTheHub,
      );
    }
    return { url, bytes, ...(hash.length === 64 ? { sha256: hash } : { gitHash: hash }) };
  }

  /**
   * Downloads to `partial`, which may hold the beginning.
   *
   * @param onSize is told how many bytes are there; without it, a line on standard error shows them
   */
  async download(
    remote: RemoteFile,
    partial: string,
    label: string,
    onSize?: (bytes: number) => void,
  ): Promise<void> {
    await this.answered(label, () =>
      writing(partial, () =>
        onSize
          ? this.server.download(remote, partial, onSize)
          : this.server.downloadShown(remote, partial, `downloading ${label}`),
      ),
    );
  }

  close(): Promise<void> {
    return this.server.close();
  }

  private address(...parts: string[]): URL {
    return new URL(parts.join('/'), this.endpoint);
  }

  /** The result of `request`, whose failures are explained. `what` is a revision or a file. */
  private async answered<Result>(what: string, request: () => Promise<Result>): Promise<Result> {
    try {
      return await request();
    } catch (error) {
      this.signal?.throwIfAborted();
      const { message, status, cause } = error as Error & { status?: number };
      if (status !== undefined) {
        throw new InvalidInputError(
          `Expected ${what} of ${this.repository} from ${this.host} but received status ${status}. ${this.wayOut(status)}`,
          { cause: error },
        );
      }
      // An error of the network or the disk has a cause, and says what to do.
      throw cause === undefined ? new InvalidInputError(`${message}. ${notTheHub}`) : error;
    }
  }

  private wayOut(status: number): string {
    const page = new URL(this.repository, this.endpoint);
    const token = process.env.HF_TOKEN?.trim()
      ? 'check HF_TOKEN'
      : 'set HF_TOKEN to a token of yours';
    const shown = `${page.origin}${page.pathname}`;
    switch (status) {
      case 401:
        return `Check the name; if the repository is private or asks for consent, ${token}`;
      case 403:
        return `Ask for access at ${shown}, and ${token}`;
      case 404:
        return `Look at ${shown} for its name, its revisions and its files`;
      case 416:
        return 'Call again: the download starts anew';
      case 429:
        return `The hub refuses further requests for a while: wait some minutes, or ${token}`;
      default:
        return 'Try again later, or name a mirror by HF_ENDPOINT';
    }
  }
}

const notTheHub =
  'Perhaps a proxy or a login page answered in place of the hub: check the network, HTTPS_PROXY and HF_ENDPOINT';
