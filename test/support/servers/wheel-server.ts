/** A small wheel, and a server on the loopback address that has it in a simple index and can fail in many ways. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type http from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { ZipFile } from 'yazl';
import { temporaryFolder } from '../folders.js';
import { listen } from './listen.js';

const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** A wheel as pins.mjs would list it, and its file. */
export interface MadeWheel {
  content: Buffer;
  file: string;
  pin: {
    requirement: string;
    sha256: string;
    bytes: number;
    python: string;
    platforms: string[];
    folder: string;
    space: number;
    members: string[];
    links: Record<string, string>;
  };
}

/** Makes the wheel NAME 1.0 with a library, a program and a file of `size` bytes that do not compress. */
export async function makeWheel(name: string, size = 1000): Promise<MadeWheel> {
  const zip = new ZipFile();
  const info = `${name}-1.0.dist-info`;
  let seed = createHash('sha256').update(name).digest();
  const noise = Array.from({ length: Math.ceil(size / 32) }, () => {
    seed = createHash('sha256').update(seed).digest();
    return seed;
  });
  const options = { mtime: new Date(2024, 1, 3, 4, 5, 6), forceDosTimestamp: true };
  const files: Record<string, string | Buffer> = {
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/RECORD`]: '',
    [`${name}/library.so`]: 'library',
    [`${name}/unused.txt`]: 'unused',
    [`${name}/weights/data.bin`]: Buffer.concat(noise),
  };
  for (const [name, content] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(content), name, { ...options, mode: 0o100644 });
  }
  zip.addBuffer(Buffer.from('program'), `${name}/weights/program`, { ...options, mode: 0o100755 });
  zip.end();
  const content = await buffer(zip.outputStream);
  const pin = {
    requirement: `${name}==1.0`,
    sha256: sha256Of(content),
    bytes: content.length,
    python: '3',
    platforms: ['any'],
    folder: `${name}-1.0`,
    space: 10 * size + 1e5,
    members: [`${name}/library`, `${name}/weights/`],
    links: { [`${name}/link.so`]: 'library.so' },
  };
  return { content, file: `${name}-1.0-py3-none-any.whl`, pin };
}

type Request = http.IncomingMessage;
type Response = http.ServerResponse;

/** Answers a request in place of the server; `false` leaves it to the server. */
export type Behaviour = (request: Request, response: Response) => boolean | Promise<boolean>;

export interface WheelServer {
  origin: string;
  /** The address of the index. */
  index: string;
  /** The path and headers of each request so far. */
  requests: { path: string; headers: http.IncomingHttpHeaders }[];
}

export interface ServerOptions {
  behave?: Behaviour;
  format?: 'html' | 'json';
  /** Whether the index has hashes. */
  hashes?: boolean;
  /** For https, in PEM. */
  tls?: { key: string; cert: string } | undefined;
}

/** Serves `wheels` below `/simple/` and `/files/` until the test ends. */
export async function serveWheels(
  t: TestContext,
  wheels: MadeWheel[],
  { behave = () => false, format = 'html', hashes = true, tls }: ServerOptions = {},
): Promise<WheelServer> {
  const requests: WheelServer['requests'] = [];
  const answer = async (request: Request, response: Response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    requests.push({ path: pathname, headers: request.headers });
    if (await behave(request, response)) {
      return;
    }
    const [, kind, name = ''] = pathname.split('/');
    const page = wheels.filter(({ pin }) => kind === 'simple' && pin.folder === `${name}-1.0`);
    const content = wheels.find(({ file }) => kind === 'files' && file === name)?.content;
    if (content !== undefined) {
      sendRange(request, response, content);
    } else if (page.length > 0) {
      response.setHeader('content-type', format === 'html' ? 'text/html' : jsonType);
      response.end((format === 'html' ? htmlPage : jsonPage)(page, hashes));
    } else {
      response.writeHead(404).end();
    }
  };
  const { url, close } = await listen((request, response) => void answer(request, response), tls);
  t.after(close);
  return { origin: url, index: `${url}/simple`, requests };
}

const jsonType = 'application/vnd.pypi.simple.v1+json';

const htmlPage = (wheels: MadeWheel[], hashes: boolean) =>
  wheels
    .map(({ file, pin }) => {
      const hash = hashes ? `#sha256=${pin.sha256}` : '';
      return `<a data-requires-python="&gt;=3" href="../../files/${file}${hash}">${file}</a><br/>`;
    })
    .join('\n');

const jsonPage = (wheels: MadeWheel[], hashes: boolean) =>
  JSON.stringify({
    files: wheels.map(({ file, pin }) => ({
      filename: file,
      url: `/files/${file}`,
      hashes: hashes ? { sha256: pin.sha256 } : {},
    })),
  });

/** Sends `content`, or the part of it from which the request wants it. */
function sendRange(request: Request, response: Response, content: Buffer) {
  const [, from] = request.headers.range?.match(/^bytes=(\d+)-$/) ?? [];
  const part = content.subarray(Number(from ?? 0));
  if (from !== undefined) {
    const range = `bytes ${from}-${content.length - 1}/${content.length}`;
    response.writeHead(206, { 'content-range': range, 'content-length': part.length });
  } else {
    response.writeHead(200, { 'content-length': part.length });
  }
  response.end(part);
}

/** A key and a certificate of its own authority for 127.0.0.1, and the certificate's file. */
export function makeCertificate(t: TestContext) {
  const folder = temporaryFolder(t);
  const [key, cert] = ['key.pem', 'certificate.pem'].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...names, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return {
    file: cert,
    tls: { key: fs.readFileSync(key, 'utf8'), cert: fs.readFileSync(cert, 'utf8') },
  };
}
