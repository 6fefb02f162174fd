/** HTTP for downloads: the environment's proxies, credentials of each host, redirects, tries, and errors in a sentence. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvHttpProxyAgent, request } from 'undici';
import { notice } from '../show/line.mjs';

/** @import { Dispatcher } from 'undici' */

/**
 * An answer with status 200 or 206. After redirects `url` is the last address.
 * @typedef {{url: URL, answer: Dispatcher.ResponseData}} Answer
 */

const mostRedirects = 5;
/** The longest pause that a server may ask for. */
const longestPauseMs = 120_000;
/** The pauses between tries that bring nothing new. */
const pausesMs = [500, 1000, 2000, 4000, 8000];

const passingStatuses = [408, 429, 500, 502, 503, 504];
const passingCodes = [
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'ENETUNREACH'],
  ...['EHOSTUNREACH', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT'],
  ...['UND_ERR_BODY_TIMEOUT', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'],
];

/** A failed request. Another try may mend a `passing` failure. */
export class HttpError extends Error {
  /**
   * @param {string} message
   * @param {{passing?: boolean, status?: number, pauseMs?: number, cause?: unknown}} [details]
   */
  constructor(message, { passing = false, status, pauseMs = 0, cause } = {}) {
    super(message, { cause });
    this.passing = passing;
    this.status = status;
    /** Milliseconds that the server asks to wait. */
    this.pauseMs = Math.min(pauseMs, longestPauseMs);
  }
}

/**
 * An address for people: without credentials, which may also be in its query.
 * @param {URL} url
 */
export const shown = ({ origin, pathname }) => `${origin}${pathname}`;

/**
 * @param {URL} from
 * @param {URL} to
 */
export const isSafe = (from, to) =>
  to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');

/**
 * The result of `work` without a warning: undici calls its class for proxies experimental.
 * @template Result
 * @param {() => Result} work
 * @returns {Result}
 */
function unwarned(work) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Reads from servers; knows the credentials of those whose addresses have some. */
export class Client {
  #dispatcher;
  /** @type {Map<string, string>} */
  #credentials = new Map();

  /**
   * @param {URL[]} servers
   * @param {{timeoutMs?: number, token?: string, signal?: AbortSignal}} [options] the longest silence of a server, a bearer
   *   token for `servers`, and what ends all requests
   * @throws {Error} when a proxy's address is invalid
   */
  constructor(servers, { timeoutMs = 30_000, token, signal } = {}) {
    this.signal = signal;
    const connect = { timeout: timeoutMs };
    const options = {
      ...{ headersTimeout: timeoutMs, bodyTimeout: timeoutMs },
      ...{ connect, requestTls: connect, proxyTls: connect },
      // Many proxies tunnel to port 443 alone.
      proxyTunnel: false,
    };
    try {
      this.#dispatcher = unwarned(() => new EnvHttpProxyAgent(options));
    } catch (cause) {
      throw new Error(
        'Expected an address such as http://proxy:3128 for HTTP_PROXY and HTTPS_PROXY but received another value',
        { cause },
      );
    }
    for (const { origin, username, password } of servers) {
      if (token !== undefined) {
        this.#credentials.set(origin, `Bearer ${token}`);
        continue;
      }
      if (!username && !password) {
        continue;
      }
      const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      this.#credentials.set(origin, `Basic ${Buffer.from(plain).toString('base64')}`);
    }
  }

  /**
   * Follows redirects, but not to an address without encryption.
   * @param {URL} url
   * @param {Record<string, string>} [headers]
   * @returns {Promise<Answer>}
   * @throws {HttpError}
   */
  async get(url, headers = {}) {
    let place = url;
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      const answer = await this.#send(place, headers);
      const { location } = answer.headers;
      if (answer.statusCode === 200 || answer.statusCode === 206) {
        return { url: place, answer };
      }
      await answer.body.dump();
      if (answer.statusCode < 300 || answer.statusCode >= 400 || typeof location !== 'string') {
        throw statusError(place, answer, place !== url);
      }
      const target = new URL(location, place);
      if (!isSafe(place, target)) {
        throw new HttpError(
          `Expected a redirect to https from ${shown(place)} but received one to ${shown(target)}`,
        );
      }
      place = target;
    }
    throw tooManyRedirects(url);
  }

  /**
   * What a server says of a file, which it may have stored elsewhere: the headers of the file, and of the redirects to it within
   * the server.
   * @param {URL} url
   * @returns {Promise<Dispatcher.ResponseData['headers']>}
   * @throws {HttpError}
   */
  async head(url) {
    let [place, headers] = [url, {}];
    for (let redirects = 0; redirects <= mostRedirects; redirects++) {
      const answer = await this.#send(place, {}, 'HEAD');
      await answer.body.dump();
      if (answer.statusCode >= 400) {
        throw statusError(place, answer, false);
      }
      headers = { ...headers, ...answer.headers };
      const { location } = answer.headers;
      const target = new URL(typeof location === 'string' ? location : '', place);
      if (answer.statusCode < 300 || target.origin !== url.origin) {
        return headers;
      }
      place = target;
    }
    throw tooManyRedirects(url);
  }

  /**
   * @param {URL} url
   * @param {Record<string, string>} headers
   * @param {'GET' | 'HEAD'} [method]
   */
  async #send(url, headers, method = 'GET') {
    const authorization = this.#credentials.get(url.origin);
    try {
      const answer = await request(`${shown(url)}${url.search}`, {
        dispatcher: this.#dispatcher,
        method,
        signal: this.signal ?? null,
        headers: {
          ...headers,
          ...(authorization && { authorization }),
          'accept-encoding': 'identity',
        },
      });
      // An answer that is not read to its end fails when the connection ends.
      answer.body.on('error', () => {});
      return answer;
    } catch (error) {
      throw networkError(`an answer from ${shown(url)}`, error);
    }
  }

  /** Ends the connections. */
  close() {
    return this.#dispatcher.destroy();
  }
}

/** @param {URL} url */
const tooManyRedirects = (url) =>
  new HttpError(`Expected at most ${mostRedirects} redirects from ${shown(url)} but received more`);

/**
 * The bytes of an answer.
 * @param {Answer} answer
 * @returns {AsyncGenerator<Buffer, void>}
 * @throws {HttpError} when the connection is cut
 */
export async function* bytesOf({ url, answer }) {
  try {
    yield* answer.body;
  } catch (error) {
    throw networkError(`the whole of ${shown(url)}`, error);
  }
}

/**
 * The whole of an answer.
 * @param {Answer} answer
 * @param {number} mostBytes
 * @throws {HttpError} when the connection is cut, or the answer is longer
 */
export async function readAnswer(answer, mostBytes) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of bytesOf(answer)) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      throw new HttpError(
        `Expected at most ${mostBytes} bytes from ${shown(answer.url)} but received more`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Repeats an attempt that fails for a passing reason, after growing pauses.
 * @template Result
 * @param {() => Promise<Result>} attempt
 * @param {() => number} [position] how far the attempts have come; one that comes farther has not failed
 * @param {{pauses?: number[] | undefined, signal?: AbortSignal | undefined}} [options] milliseconds; what ends the pauses
 * @returns {Promise<Result>}
 */
export async function retry(attempt, position = () => 0, { pauses = pausesMs, signal } = {}) {
  for (let [failures, reached] = [0, position()]; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (position() > reached) {
        [failures, reached] = [0, position()];
      }
      const pause = pauses[failures];
      if (!(error instanceof HttpError) || !error.passing || pause === undefined) {
        throw error;
      }
      const wait = Math.max(pause, error.pauseMs);
      notice(`${error.message}; next try in ${(wait / 1000).toFixed(1)} s`);
      await sleep(wait, undefined, signal && { signal });
    }
  }
}

/**
 * @param {URL} url
 * @param {Dispatcher.ResponseData} answer
 * @param {boolean} isRedirected to `url`, which no one here wrote
 */
function statusError(url, { statusCode: status, headers }, isRedirected) {
  const needsUser = !isRedirected && (status === 401 || status === 403);
  const remedy = needsUser ? "; put USER:PASSWORD@ before the host in the index's address" : '';
  const after = String(headers['retry-after'] ?? '0');
  const pauseMs = /^\d+$/.test(after) ? 1000 * Number(after) : Date.parse(after) - Date.now();
  return new HttpError(
    `Expected status 200 from ${shown(url)} but received ${status}${remedy}`,
    // A date that has passed, or none that can be read, asks for no pause.
    { passing: passingStatuses.includes(status), status, pauseMs: Math.max(0, pauseMs || 0) },
  );
}

/**
 * @param {string} expected
 * @param {unknown} error
 */
function networkError(expected, error) {
  const { code = '', message = '' } = /** @type {NodeJS.ErrnoException} */ (error);
  return new HttpError(
    `Expected ${expected} but received "${message || code}"; ${networkRemedy(code, message)}`,
    {
      passing: passingCodes.includes(code),
      cause: error,
    },
  );
}

/**
 * @param {string} code
 * @param {string} message
 */
function networkRemedy(code, message) {
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    return "NODE_EXTRA_CA_CERTS names a file with your authority's certificate";
  }
  // undici's words for a proxy that wants a user have no code.
  return message.includes('(407)')
    ? 'put USER:PASSWORD@ before the host in HTTP_PROXY and HTTPS_PROXY'
    : 'check the network, the address, HTTPS_PROXY and NO_PROXY';
}
