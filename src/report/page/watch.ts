/** Serves the report on runs while they are trained, on this machine alone. The page in a browser updates by itself. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Manifest } from '../../dataset/index.js';
import { expected } from '../../errors.js';
import { environmentNow } from '../../training/index.js';
import { type DataFacts, factsOf } from './data-facts.js';
import { renderPage } from './page.js';
import { isRun, readRun } from './read-runs.js';
import { resultsOf } from './results.js';

/** What is served, and where. */
export interface WatchRequest {
  /** 0: any free one. */
  port: number;
  /** The folder that has the runs; the page is called after it. */
  group: string;
  /** The folders of the runs, which need not be there yet. */
  folders: readonly string[];
  manifest: Manifest;
  data: string;
}

/** A server that shows how a training goes. */
export interface Watch {
  /** Where a browser finds it. */
  address: string;
  /** Tells the browsers that an epoch has ended. It never fails; without a browser it does nothing. */
  epoch(): Promise<void>;
  /** Tells the browsers that the training has ended, and ends the server. What a browser does not read in a second is cut off. */
  close(): void;
}

const host = '127.0.0.1';
/** Browsers that are told; more get the page without its updates. */
const mostBrowsers = 16;
/** What an answer that is under way when the training ends may still take. */
const lastAnswersMs = 1000;

/**
 * Listens on the loopback address. The page is made when a browser asks for it, and after an epoch if one waits for it.
 *
 * @throws InvalidInputError when another program uses the port, or this user may not
 */
export async function watchRuns(request: WatchRequest): Promise<Watch> {
  // Training does not change the data set.
  const { manifest, data } = request;
  const facts = await factsOf(manifest, data, { results: [], pictures: false });
  const served = new ServedPage(() => livePage(request, facts));
  const server = createServer((asked, answer) => served.answer(asked, answer));
  await listening(server, request.port);
  // The training ends the process, not its watch.
  server.unref();
  const { port } = server.address() as AddressInfo;
  served.hosts = [`${host}:${port}`, `localhost:${port}`];
  return {
    address: `http://${host}:${port}/`,
    epoch: () => served.epoch(),
    close: () => {
      served.tell('end');
      server.close();
      // Of some connections only a part of a request has come: they would hold the process for as long as they like.
      const end = () => server.closeAllConnections();
      setTimeout(end, lastAnswersMs).unref();
      void served.idle().then(end);
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'Another program uses it' : `The system says ${code}`;
      reject(expected('a free port', '--watch', port, `${why}: name another one, or 0 for any`));
    });
    server.listen(port, host, resolve);
  });
}

/** The page as it is now: without photos and predictions, which would take time from the training. */
async function livePage(
  { group, folders, manifest, data }: WatchRequest,
  facts: DataFacts,
): Promise<string> {
  const runs = await Promise.all(folders.filter(isRun).map((folder) => readRun(group, folder)));
  const at = { manifest, data, epoch: 'last' as const, pictures: false };
  const results = await resultsOf(runs, { ...at, mayClassify: false });
  const { bobbin } = await environmentNow();
  const written = new Date();
  return await renderPage({ group, runs, results, data: facts, bobbin, written, isLive: true });
}

/** The page, made once for each epoch, and the browsers that wait for the next one. */
class ServedPage {
  /** The names by which a browser on this machine calls the server: another site's name may lead here, too. */
  hosts: string[] = [];
  private readonly browsers = new Set<ServerResponse>();
  private readonly answers = new Set<ServerResponse>();
  private page: Promise<string> | undefined;

  constructor(private readonly make: () => Promise<string>) {}

  answer({ method, url, headers }: IncomingMessage, answer: ServerResponse): void {
    this.answers.add(answer);
    answer.once('close', () => this.answers.delete(answer));
    if (!this.hosts.includes(headers.host ?? '')) {
      end(answer, 403, 'This server answers to its own address alone.');
    } else if (method !== 'GET' && method !== 'HEAD') {
      end(answer, 405, 'This server has a page to read.');
    } else if (url === '/') {
      this.current().then(
        (page) => end(answer, 200, page, 'text/html; charset=utf-8'),
        (error: Error) => end(answer, 500, error.message),
      );
    } else if (url === '/events' && this.browsers.size < mostBrowsers) {
      answer.writeHead(200, { ...guarded, 'content-type': 'text/event-stream' });
      answer.write(': the page is told after each epoch\n\n');
      this.browsers.add(answer);
      answer.once('close', () => this.browsers.delete(answer));
    } else {
      end(answer, 404, 'This server has one page.');
    }
  }

  async epoch(): Promise<void> {
    this.page = undefined;
    if (this.browsers.size > 0) {
      // Between epochs it takes no time from a step.
      await this.current().catch(() => undefined);
      this.tell('epoch');
    }
  }

  tell(event: 'epoch' | 'end'): void {
    for (const browser of this.browsers) {
      browser.write(`event: ${event}\ndata:\n\n`);
      if (event === 'end') {
        browser.end();
      }
    }
  }

  /** Resolves when no answer is under way. */
  async idle(): Promise<void> {
    while (this.answers.size > 0) {
      await Promise.all([...this.answers].map((answer) => once(answer, 'close')));
    }
  }

  private current(): Promise<string> {
    if (this.page === undefined) {
      const page = this.make();
      this.page = page;
      page.catch(() => {
        // The next browser may ask when the file that was at fault is whole.
        this.page = this.page === page ? undefined : this.page;
      });
    }
    return this.page;
  }
}

const guarded = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

function end(
  answer: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  answer.writeHead(status, { ...guarded, 'content-type': type });
  answer.end(body);
}
