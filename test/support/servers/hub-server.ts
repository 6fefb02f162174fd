/** A hub on the loopback address: repositories with commits, large files on another host, and ways to fail. */
import { createHash } from 'node:crypto';
import type http from 'node:http';
import type { TestContext } from 'node:test';
import { listen } from './listen.js';

type Request = http.IncomingMessage;
type Response = http.ServerResponse;

/** Answers a request in place of the server; `false` leaves it to the server. */
export type Behaviour = (request: Request, response: Response) => boolean;

export interface HubServer {
  /** For `HF_ENDPOINT`. */
  url: string;
  /** Method, path and headers of each request so far: to the hub, and to the host of large files. */
  requests: { hub: Seen[]; store: Seen[] };
  /** The commit of `main`, with these files. */
  commit: string;
  close: () => void;
}

export interface Seen {
  what: string;
  headers: http.IncomingHttpHeaders;
}

export interface HubFiles {
  [name: string]: Buffer | string;
}

/** Files of so many bytes and more are in the store, as git's LFS has them. */
const largeBytes = 1000;

const hash = (name: string, content: Buffer, start = '') =>
  createHash(name).update(start).update(content).digest('hex');

/** Serves the repository `owner/name` until the test ends, with `behave` before the hub and `store` before the store. */
export async function serveHub(
  t: TestContext,
  files: HubFiles,
  { behave = () => false, store = () => false }: { behave?: Behaviour; store?: Behaviour } = {},
): Promise<HubServer> {
  const contents = new Map(
    Object.entries(files).map(([name, content]) => [name, Buffer.from(content as string)]),
  );
  const named = [...contents].flatMap(([name, content]) => [Buffer.from(name), content]);
  const commit = hash('sha1', Buffer.concat(named));
  const requests: HubServer['requests'] = { hub: [], store: [] };
  const note = (list: Seen[], { method, url = '', headers }: Request) =>
    list.push({ what: `${method} ${url}`, headers });

  const storeServer = await listen((request, response) => {
    note(requests.store, request);
    const name = decodeURIComponent(new URL(request.url ?? '', 'http://store').pathname.slice(1));
    if (!store(request, response)) {
      sendRange(request, response, contents.get(name) as Buffer);
    }
  });

  const answer = (request: Request, response: Response) => {
    const path = decodeURIComponent(request.url ?? '');
    if (path === '/api/models/owner/name/revision/main' || path.endsWith(`/revision/${commit}`)) {
      const siblings = [...contents.keys()].map((rfilename) => ({ rfilename }));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: 'owner/name', sha: commit, siblings }));
      return;
    }
    const name = path.replace(`/owner/name/resolve/${commit}/`, '');
    const content = contents.get(name);
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('x-repo-commit', commit);
    if (content.length < largeBytes) {
      response.setHeader('etag', `"${hash('sha1', content, `blob ${content.length}\0`)}"`);
      sendRange(request, response, content);
      return;
    }
    response.setHeader('x-linked-etag', `"${hash('sha256', content)}"`);
    response.setHeader('x-linked-size', content.length);
    response.writeHead(302, { location: `${storeServer.url}/${name}?signed=secret` }).end();
  };
  const hubServer = await listen((request, response) => {
    note(requests.hub, request);
    if (!behave(request, response)) {
      answer(request, response);
    }
  });
  const close = () => {
    hubServer.close();
    storeServer.close();
  };
  t.after(close);
  return { url: hubServer.url, requests, commit, close };
}

/** Sends `content`, or the part of it from which the request wants it. */
export function sendRange(request: Request, response: Response, content: Buffer): void {
  const [, from] = request.headers.range?.match(/^bytes=(\d+)-$/) ?? [];
  const part = content.subarray(Number(from ?? 0));
  const range = `bytes ${from}-${content.length - 1}/${content.length}`;
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': part.length,
    ...(from !== undefined && { 'content-range': range }),
  });
  response.end(request.method === 'HEAD' ? undefined : part);
}
