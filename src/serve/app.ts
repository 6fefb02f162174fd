/** The HTTP side of the server, by Fastify: routes, limits, and errors as JSON. The rest of the stage knows neither. */
import { setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { missing } from '../errors.js';
import type { ImageAnswer } from './answers.js';
import type { Limits } from './options.js';
import { absent, overloaded, Refusal, refused, stopping, tooLate } from './refusal.js';
import { UnreadBodies } from './unread.js';
import {
  bytesIn,
  forms,
  imageOfBody,
  imagesOfJson,
  imagesOfParts,
  type Part,
  tooLarge,
  type Upload,
} from './uploads.js';

/** What the routes answer with. */
export interface Service {
  limits: Limits;
  isReady(): boolean;
  /** The body of `GET /health`, beside the number of requests. */
  health(): object;
  /** The body of `GET /`. */
  about(): object;
  /** The answers to images, in their order. `signal` aborts when nobody waits for them any more. */
  answer(
    uploads: readonly Upload[],
    top: number | undefined,
    signal: AbortSignal,
  ): Promise<ImageAnswer[]>;
  /** Is told of errors that are no fault of a request. */
  onError(error: unknown): void;
}

export interface App {
  /** Starts to answer. @returns the URL */
  listen(host: string, port: number): Promise<string>;
  /** Refuses new requests, and resolves when the others are answered, at the latest after the limit of time. */
  close(): Promise<void>;
}

/** What installs the packages of the server. */
export const installPackages = 'npm install fastify@5.12.8 @fastify/multipart@10.1.9';

/** @throws InvalidInputError where Fastify is not installed, which the package `bobbin` leaves to those who serve. */
export async function createApp(service: Service): Promise<App> {
  const [{ fastify }, { default: multipart }] = await fastifyPackages();
  const { limits } = service;
  const timeoutMs = Math.ceil(limits.timeout * 1000);
  const bodyLimit = bytesIn(limits);
  const unread = new UnreadBodies();
  const app = fastify({
    bodyLimit,
    requestTimeout: timeoutMs,
    http: { connectionsCheckingInterval: Math.min(timeoutMs, mostBetweenChecksMs) },
    forceCloseConnections: 'idle',
    clientErrorHandler: (error, socket) =>
      unread.has(socket) ? socket.destroy() : answerBroken(error, socket),
    frameworkErrors: (error, request, reply) =>
      void tell(translated(error, request, limits), reply, service),
  });
  // Node exchanges the two limits where that of the headers is longer.
  app.server.headersTimeout = Math.min(timeoutMs, app.server.headersTimeout);
  await app.register(multipart, {
    // All files of a request are counted together, in imagesOfParts.
    limits: { files: limits.maxImages, fileSize: bodyLimit + 1, headerPairs: 100 },
  });
  addForms(app);
  addRoutes(app, service);
  addEnds(app, service, unread);
  return {
    listen: (host, port) => app.listen({ host, port }),
    close: async () => {
      const late = setTimeout(() => app.server.closeAllConnections(), timeoutMs);
      unread.end();
      await app.close();
      clearTimeout(late);
    },
  };
}

/** How often connections are looked through for requests that do not arrive. */
const mostBetweenChecksMs = 2000;

async function fastifyPackages() {
  try {
    return await Promise.all([import('fastify'), import('@fastify/multipart')]);
  } catch (error) {
    // In the package, which is CommonJS, the code lacks its beginning.
    if (!/MODULE_NOT_FOUND$/.test(String((error as NodeJS.ErrnoException).code))) {
      throw error;
    }
    throw missing('the packages of the server', 'serve', `Run \`${installPackages}\``);
  }
}

/** The bodies that are read whole; the parts of multipart are read as they arrive. */
function addForms(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(
    /^(image\/|application\/octet-stream)/,
    { parseAs: 'buffer' },
    (_, body, done) => done(null, body),
  );
}

function addRoutes(app: FastifyInstance, service: Service): void {
  const admission = new Admission(service);
  app.get('/', () => service.about());
  app.get('/health', (_, reply) => {
    const status = service.isReady() ? 200 : 503;
    return reply.code(status).send({ ...service.health(), requests: admission.requests });
  });
  app.post<{ Querystring: Record<string, unknown> }>('/predict', {
    onRequest: async (request, reply) => admission.admit(request, reply),
    handler: (request, reply) => predict(request, reply, service),
  });
  const methods: Record<string, string> = { '/': 'GET', '/health': 'GET', '/predict': 'POST' };
  // Before the body is read: the limit of requests does not count these.
  app.addHook('onRequest', async ({ is404, method, url }, reply) => {
    if (!is404) {
      return;
    }
    const allowed = methods[url.split('?')[0] as string];
    if (allowed === undefined) {
      throw refused(404, Object.keys(methods).join(', '), 'the path', url);
    }
    reply.header('allow', allowed);
    throw refused(405, allowed, 'the method', method);
  });
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    tell(translated(error, request, service.limits), reply, service),
  );
}

/** How connections go on when a request on them is answered. */
function addEnds(app: FastifyInstance, service: Service, unread: UnreadBodies): void {
  app.addHook('onSend', async ({ raw }, reply) => {
    if (service.isReady()) {
      // Fastify would end one with the rest of a body that is too large.
      reply.removeHeader('connection');
    } else {
      // One that stays open would keep the server from closing.
      reply.header('connection', 'close');
    }
    unread.discard(raw);
  });
}

/** Counts the requests that are not answered yet, and refuses more than the limit before their bodies are read. */
class Admission {
  requests = 0;

  constructor(private readonly service: Service) {}

  admit({ headers }: FastifyRequest, { raw }: FastifyReply): void {
    if (!this.service.isReady()) {
      throw stopping();
    }
    if (this.requests >= this.service.limits.maxRequests) {
      throw overloaded();
    }
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      throw refused(
        415,
        'a body as it is',
        'Content-Encoding',
        encoding,
        'Images are compressed already',
      );
    }
    this.requests += 1;
    raw.once('close', () => {
      this.requests -= 1;
    });
  }
}

async function predict(
  request: FastifyRequest<{ Querystring: Record<string, unknown> }>,
  reply: FastifyReply,
  service: Service,
): Promise<object> {
  const { limits } = service;
  const top = topOf(request.query);
  const controller = new AbortController();
  // One for each image.
  setMaxListeners(limits.maxImages, controller.signal);
  // It may close while the body is read.
  reply.raw.once('close', () => controller.abort(gone));
  const uploads = await uploadsOf(request, limits);
  const timer = setTimeout(() => controller.abort(tooLate(limits.timeout)), 1000 * limits.timeout);
  const images = await service
    .answer(uploads, top, controller.signal)
    .finally(() => clearTimeout(timer));
  const [first] = images;
  if (images.every(({ error }) => error !== undefined)) {
    reply.code(422);
    return { error: first?.error, images };
  }
  return { images };
}

/** Whoever asked has hung up. */
const gone = new Refusal(499, 'The request was given up');

/** The number of classes that a request asks for. */
function topOf({ top, ...others }: Record<string, unknown>): number | undefined {
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw refused(400, 'top', 'a parameter of the URL', other);
  }
  if (top === undefined) {
    return undefined;
  }
  if (typeof top !== 'string' || !/^[1-9]\d{0,4}$/.test(top)) {
    throw refused(400, 'an integer from 1 to 99999', 'top', String(top));
  }
  return Number(top);
}

async function uploadsOf(request: FastifyRequest, limits: Limits): Promise<Upload[]> {
  if (!request.isMultipart()) {
    const isJson = /^application\/json/i.test(request.headers['content-type'] ?? '');
    return isJson ? imagesOfJson(request.body, limits) : imageOfBody(request.body);
  }
  try {
    return await imagesOfParts(request.parts() as AsyncIterable<Part>, limits);
  } catch (error) {
    // The parser's own errors, for bodies that are no multipart, have no status.
    if (error instanceof Refusal || (error as FastifyError).statusCode !== undefined) {
      throw error;
    }
    throw refused(400, 'a whole multipart body', 'the body', (error as Error).message);
  }
}

/** Fastify's errors that users of a server meet, in our words. */
function translated(
  error: FastifyError,
  { headers }: Pick<FastifyRequest, 'headers'>,
  limits: Limits,
): Error {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge(limits);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return refused(415, forms, 'the body', headers['content-type'] ?? 'no Content-Type');
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return refused(400, 'JSON', 'the body', 'other text');
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return absent('JSON', 'the body', `Send ${forms}`);
    case 'FST_ERR_BAD_URL':
      return refused(400, 'a path of UTF-8', 'the URL', 'another');
    case 'FST_FILES_LIMIT':
    case 'FST_PARTS_LIMIT':
      return refused(413, `at most ${limits.maxImages} images`, 'a request', 'more');
    default:
      return error;
  }
}

/** Seconds after which a refused request may be sent again. */
const retryAfter = '1';

function tell(error: Error, reply: FastifyReply, service: Service): FastifyReply {
  const { status, statusCode } = error as Partial<Refusal & FastifyError>;
  const code = status ?? statusCode ?? 500;
  if (code === 503) {
    reply.header('retry-after', retryAfter);
  }
  if (code >= 500 && code !== 503) {
    service.onError(error);
    return reply.code(500).send({ error: 'The server failed. Its log says why' });
  }
  return reply.code(code).send({ error: error.message });
}

/** By the code of Node's error: the status, and what is said of it. */
const broken: Record<string, [status: string, error: string]> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'Expected shorter headers for a request but received more than 16 KB',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    '408 Request Timeout',
    'Expected a whole request in time but received a part of it',
  ],
};
const noRequest: [status: string, error: string] = [
  '400 Bad Request',
  'Expected an HTTP request but received something else',
];

/** Answers bytes that are no HTTP request, and one that does not arrive in time. */
function answerBroken({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const [status, error] = broken[code] ?? noRequest;
  const body = JSON.stringify({ error });
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
