/** Serves a classifier over HTTP: images in, the probabilities of its classes out. */
import { checkArguments, list, optional, record, type ShapeOf, text } from '../arguments.js';
import { expected } from '../errors.js';
import { type Head, headsOf } from '../model/index.js';
import { type GivenValues, pickOptions, resolveOptions } from '../options.js';
import { formatOf, isJpeg, refusalOf } from '../pipeline/index.js';
import { type Classifiers, type Member, membersOf } from '../prediction/index.js';
import { version } from '../version.js';
import { imageAnswer } from './answers.js';
import { type App, createApp, type Service } from './app.js';
import { Batcher } from './batcher.js';
import { Computing, lanes, type Row } from './computing.js';
import { limitOptions, type ServeValues, serveOptions } from './options.js';
import { checkPixels } from './uploads.js';

/** A request to {@link serve}. */
export interface ServeRequest extends Classifiers, GivenValues<typeof serveOptions> {
  /**
   * The address to listen on. Default `127.0.0.1`, which programs of this machine alone reach; `0.0.0.0` is reached by every machine
   * of its networks, without encryption or password.
   */
  host?: string | undefined;
  /** Called with errors that are no fault of a request; by default they are warnings of the process. */
  onError?: ((error: Error) => void) | undefined;
}

/** A server that answers. */
export interface Server {
  /** Where it answers, such as `http://127.0.0.1:8000`. */
  url: string;
  /** Refuses new requests, answers those that it has accepted, and resolves when all is closed. The classifiers stay. */
  close(): Promise<void>;
}

const shape = {
  classifier: optional(record('a classifier')),
  classifiers: optional(list('a list of classifiers')),
  weights: optional(list('a list of numbers')),
  temperatures: optional(list('a list of numbers')),
  task: optional(text('the name of a task')),
  host: optional(text('a host name or an address')),
  onError: optional({ what: 'a function', accepts: (value) => typeof value === 'function' }),
  ...serveOptions,
} satisfies ShapeOf<ServeRequest>;

/**
 * Answers `POST /predict`, `GET /health` and `GET /` as docs/serve.md says, with the answers of `predict`. Images that come at the same
 * time are computed in one batch. Resolves when the first request can be answered.
 *
 * @throws InvalidInputError when an argument is unknown, of another kind or out of its range, as `classify` does for classifiers, where this
 *   user cannot listen on the port or the host is no address of this machine, and where Fastify is not installed.
 */
export async function serve(request: ServeRequest): Promise<Server> {
  checkArguments('serve', request, shape);
  const options = resolveOptions(serveOptions, pickOptions(serveOptions, request));
  const { host = '127.0.0.1' } = request;
  const members = membersOf(request);
  const computing = await Computing.open(members, options);
  try {
    const serving = new Serving(members, computing, options, request.onError ?? warn);
    const app = await createApp(serving);
    return await serving.start(app, host, options.port);
  } catch (error) {
    await computing.close();
    throw inWords(error, host, options.port);
  }
}

/** Errors of the system on listening, in words. */
function inWords(error: unknown, host: string, port: number): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    const remedy = 'Another program listens there: choose another port, or 0 for any';
    return expected('a free port', 'port', port, remedy);
  }
  if (code === 'EACCES' && syscall === 'listen') {
    const remedy = 'The system reserves it: choose a port from 1024 on';
    return expected('a port that this user may open', 'port', port, remedy);
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const remedy = '127.0.0.1 is for programs of this machine, 0.0.0.0 for all of its networks';
    return expected('an address of this machine', 'host', host, remedy);
  }
  return error;
}

const warn = ({ message }: Error) => process.emitWarning(message, { code: 'BOBBIN_SERVE' });

/** Of a kind that is decoded: other files take no place in a batch. */
const isImage = (bytes: Buffer) => isJpeg(bytes) || formatOf(bytes) !== undefined;

/** What the routes ask: the queue, and what is known of the model. */
class Serving implements Service {
  readonly limits;
  private readonly heads: Head[];
  private readonly batcher: Batcher<Buffer, Row>;
  private closing: Promise<void> | undefined;
  private status: 'starting' | 'ready' | 'stopping' = 'starting';

  constructor(
    private readonly members: readonly Member[],
    private readonly computing: Computing,
    private readonly options: ServeValues,
    readonly onError: (error: Error) => void,
  ) {
    this.limits = resolveOptions(limitOptions, pickOptions(limitOptions, options));
    this.heads = headsOf((members[0] as Member).classifier);
    const { batchSize, waitMs } = options;
    const compute = (images: Buffer[]) => computing.rowsOf(images);
    this.batcher = new Batcher({ compute, batchSize, waitMs, lanes });
  }

  async start(app: App, host: string, port: number): Promise<Server> {
    const url = await app.listen(host, port);
    try {
      await this.computing.warmUp();
    } catch (error) {
      await app.close();
      throw error;
    }
    this.status = 'ready';
    const close = async () => {
      if (this.status === 'ready') {
        this.status = 'stopping';
        this.batcher.hurry();
        this.closing = this.stop(app);
      }
      await this.closing;
    };
    return { url, close };
  }

  private async stop(app: App): Promise<void> {
    await app.close();
    // Whoever closes the server frees the classifiers next, which a batch may still compute with.
    await this.batcher.idle();
    await this.computing.close();
  }

  isReady(): boolean {
    return this.status === 'ready';
  }

  health(): object {
    const { batches, items } = this.batcher.started;
    const { length: queue } = this.batcher;
    return { status: this.status, ...this.model(), queue, images: items, batches };
  }

  about(): object {
    const { crops, top, batchSize } = this.options;
    return {
      use: 'POST /predict with an image, multipart/form-data or JSON; docs/serve.md has examples',
      ...this.model(),
      tasks: this.heads.map(({ task, labels, classes }) => ({ task, labels, classes })),
      preprocessing: this.members.map(({ classifier }) => classifier.preprocessing),
      options: { crops, top, batchSize, ...this.limits },
    };
  }

  async answer(
    ...[uploads, top = this.options.top, signal]: Parameters<Service['answer']>
  ): ReturnType<Service['answer']> {
    for (const upload of uploads) {
      await checkPixels(upload, this.limits);
    }
    const { threshold } = this.options;
    const rows = await Promise.all(
      uploads.map(({ bytes }) =>
        isImage(bytes) ? this.batcher.add(bytes, signal) : { reason: refusalOf(bytes) },
      ),
    );
    return rows.map((row, index) =>
      imageAnswer(uploads[index]?.name as string, row, this.heads, { top, threshold }),
    );
  }

  private model() {
    const networks = this.members.map(({ classifier }) => classifier.network);
    return { version, networks };
  }
}
