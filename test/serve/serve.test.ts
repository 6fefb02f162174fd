/** The server: its answers are those of predict, requests share batches, and nothing that it is sent harms it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs, { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { connect } from 'node:net';
import path from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { saveClassifier } from '../../src/model/index.js';
import { type Prediction, predict, rowsOf } from '../../src/prediction/index.js';
import { installPackages } from '../../src/serve/app.js';
import { type ServeRequest, serve } from '../../src/serve/index.js';
import { temporaryFolder } from '../support/folders.js';
import { writePictures } from '../support/pictures.js';
import { runBobbin } from '../support/run-bobbin.js';
import { smallClassifier, smallHeads } from '../support/small-classifier.js';
import { sendMalformed } from './malformed.js';

interface Shown {
  name: string;
  error?: string;
  answers?: { task: string; prediction: string; top: { class: string; probability: number }[] }[];
}

type Body = NonNullable<RequestInit['body']>;

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/serve.md'), 'utf8');
const folder = temporaryFolder();
const classifier = { ...smallClassifier(), task: 'colour' };
let files: string[] = [];
let wanted: Prediction;

before(async () => {
  files = (await writePictures(folder, { count: 6, width: 90, height: 70 })).map(
    ({ path: file }) => file,
  );
  wanted = await predict({ classifier, files });
});

const photo = (index: number) => readFileSync(files[index] as string);

async function serverOf(t: TestContext, options: Partial<ServeRequest> = {}) {
  const errors: Error[] = [];
  const server = await serve({
    classifier,
    port: 0,
    onError: (error) => errors.push(error),
    ...options,
  });
  t.after(async () => {
    await server.close();
    assert.deepEqual(errors, []);
  });
  return server;
}

/** Longer than a test takes. */
const forEver = 60_000;

const ask = (url: string, body: Body, type?: string, query = '') =>
  fetch(`${url}/predict${query}`, {
    method: 'POST',
    body,
    headers: type === undefined ? {} : { 'content-type': type },
  });

async function imagesOf(response: Response): Promise<Shown[]> {
  const body = (await response.json()) as { images: Shown[] };
  assert.equal(response.status, 200, JSON.stringify(body));
  return body.images;
}

type Health = Record<'status' | 'batches' | 'images' | 'queue' | 'requests', unknown>;

const health = async (url: string) => (await (await fetch(`${url}/health`)).json()) as Health;

/** Waits until /health says so. */
async function until(url: string, holds: (state: Health) => boolean) {
  while (!holds(await health(url))) {
    await sleep(5);
  }
}

/** Fails unless the answer has the probabilities of predict, to 6 decimals. */
function assertAnswer({ answers }: Shown, index: number): void {
  const [{ task, prediction, top }] = answers as [NonNullable<Shown['answers']>[0]];
  const row = rowsOf(wanted)[index] as Float32Array;
  const { classes } = classifier;
  const byName = new Map(top.map((each) => [each.class, each.probability]));
  classes.forEach((name, place) => {
    const difference = Math.abs((byName.get(name) as number) - (row[place] as number));
    assert.ok(difference <= 1e-6, `${name}: ${difference}`);
  });
  assert.deepEqual({ task, prediction }, { task: 'colour', prediction: top[0]?.class });
  const shares = top.map(({ probability }) => probability);
  assert.deepEqual(
    shares,
    [...shares].sort((a, b) => b - a),
  );
}

test('when images come as bytes, as a form and as JSON, then the answers are those of predict', async (t) => {
  const { url } = await serverOf(t);
  const [single] = await imagesOf(await ask(url, photo(0), 'image/jpeg'));
  assertAnswer(single as Shown, 0);
  const png = await sharp(photo(1)).png().toBuffer();
  const file = path.join(folder, 'other.png');
  await sharp(png).toFile(file);
  const { probabilities } = await predict({ classifier, files: [file] });
  const [other] = await imagesOf(await ask(url, png, 'application/octet-stream'));
  const probability = other?.answers?.[0]?.top[0]?.probability as number;
  const difference = Math.abs(probability - Math.max(...probabilities));
  assert.ok(difference <= 1e-6, `PNG: ${difference}`);

  const form = new FormData();
  files.forEach((name, index) => {
    form.append('image', new Blob([new Uint8Array(photo(index))]), path.basename(name));
  });
  const shown = await imagesOf(await ask(url, form));
  shown.forEach(assertAnswer);
  assert.deepEqual(
    shown.map(({ name }) => name),
    files.map((name) => path.basename(name)),
  );

  const texts = files.map((_, index) => photo(index).toString('base64'));
  const json = JSON.stringify({ images: texts });
  (await imagesOf(await ask(url, json, 'application/json'))).forEach(assertAnswer);
  const one = JSON.stringify({ image: `data:image/jpeg;base64,${texts[2]}` });
  const [last] = await imagesOf(await ask(url, one, 'application/json', '?top=1'));
  assert.equal(last?.answers?.[0]?.top.length, 1);
});

test('when a network has several tasks, then each is answered as predict answers it', async (t) => {
  const tasks = [
    { name: 'colour', classes: ['red', 'green', 'blue'] },
    { name: 'marks', classes: ['spot', 'stripe'], labels: 'any' as const },
  ];
  const heads = smallHeads(tasks);
  const { url } = await serverOf(t, { classifier: heads, crops: 'five', mirror: true });
  const [shown] = await imagesOf(await ask(url, photo(3), 'image/jpeg'));
  const { probabilities } = await predict({
    ...{ classifier: heads, crops: 'five', mirror: true },
    files: [files[3] as string],
  });
  const given = shown?.answers?.map(({ task, top }) => [
    task,
    Math.max(...top.map((each) => each.probability)),
  ]);
  const rounded = (from: number, to: number) =>
    Number(Math.max(...probabilities.subarray(from, to)).toFixed(6));
  assert.deepEqual(given, [
    ['colour', rounded(0, 3)],
    ['marks', rounded(3, 5)],
  ]);
});

test('when requests come at the same time, then they are computed in one batch', async (t) => {
  const { url } = await serverOf(t, { batchSize: files.length, waitMs: forEver });
  const answers = await Promise.all(files.map((_, index) => ask(url, photo(index), 'image/jpeg')));
  for (const [index, answer] of answers.entries()) {
    const [shown] = await imagesOf(answer);
    assertAnswer(shown as Shown, index);
  }
  const { batches, images, queue, requests } = await health(url);
  assert.deepEqual({ batches, images, queue }, { batches: 1, images: files.length, queue: 0 });
  assert.equal(requests, 0);
});

test('when one of several images is damaged, then it has an error, and the others have their answers', async (t) => {
  const { url } = await serverOf(t);
  const images = [photo(0), photo(1).subarray(0, 300), Buffer.from('text'), photo(3)];
  const json = JSON.stringify({ images: images.map((each) => each.toString('base64')) });
  const shown = await imagesOf(await ask(url, json, 'application/json'));
  assertAnswer(shown[0] as Shown, 0);
  assert.match(shown[1]?.error ?? '', /^images\[1\] cannot be read: /);
  assert.equal(shown[2]?.error, 'images[2] cannot be read: is text, not an image');
  assertAnswer(shown[3] as Shown, 3);
});

test('when 1,000 requests are malformed, then each gets a status of 4xx, and the server still answers', async (t) => {
  const { url } = await serverOf(t, { maxMegabytes: 0.05, maxImages: 3, waitMs: 0 });
  const material = { url, photo: photo(0), limits: { images: 3, bytes: 50_000 } };
  const statuses = await sendMalformed(material, { seed: 22, count: 1000, atOnce: 10 });
  const others = [...statuses].filter(([status]) => !(status >= 400 && status < 500));
  assert.deepEqual(others, []);
  assert.ok(statuses.size >= 7, [...statuses.keys()].join());
  const [shown] = await imagesOf(await ask(url, photo(0), 'image/jpeg'));
  assertAnswer(shown as Shown, 0);
  const { queue, requests } = await health(url);
  assert.deepEqual({ queue, requests }, { queue: 0, requests: 0 });
});

test('when an image has too many pixels, then its headers are enough to refuse it', async (t) => {
  const { url } = await serverOf(t, { maxMegapixels: 0.006 });
  const progressive = await sharp(photo(0))
    .withExif({ IFD0: { Copyright: 'a' } })
    .jpeg({ progressive: true })
    .toBuffer();
  for (const bytes of [photo(0), progressive, await sharp(photo(0)).webp().toBuffer()]) {
    const refused = await ask(url, bytes, 'image/jpeg');
    assert.equal(refused.status, 413);
    const error =
      'Expected at most 0.006 for the megapixels of image but received 0.0063. Send it smaller';
    assert.deepEqual(await refused.json(), { error });
  }
  assert.equal((await health(url)).images, 0);
});

test('when as many requests wait as the server takes, then the next is told when to come again', async (t) => {
  const { url } = await serverOf(t, {
    maxRequests: 1,
    batchSize: 2,
    waitMs: forEver,
    timeout: 0.5,
  });
  const first = ask(url, photo(0), 'image/jpeg');
  await until(url, ({ queue }) => queue === 1);
  const second = await ask(url, photo(1), 'image/jpeg');
  assert.deepEqual([second.status, second.headers.get('retry-after')], [503, '1']);
  assert.match(await second.text(), /has as many requests as it takes/);
  // The first is alone, so it waits until its time is over.
  const { status } = await first;
  assert.equal(status, 503);
  await until(url, ({ queue, requests }) => queue === 0 && requests === 0);
});

test('when the files of a form are together larger than a request may be, then it is refused', async (t) => {
  const { url } = await serverOf(t, { maxMegabytes: 0.05 });
  const padded = Buffer.concat([photo(0), Buffer.alloc(30_000)]);
  const form = new FormData();
  form.append('first', new Blob([new Uint8Array(padded)]));
  assertAnswer((await imagesOf(await ask(url, form)))[0] as Shown, 0);
  form.append('second', new Blob([new Uint8Array(padded)]));
  const { status } = await ask(url, form);
  assert.equal(status, 413);
});

/** A multipart body: its parts, by the rest of their first header line and by their bytes. */
const multipart = (...parts: [naming: string, bytes: Buffer][]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(([naming, bytes]) => [
      Buffer.from(`--cut\r\nContent-Disposition: form-data; ${naming}\r\n\r\n`),
      bytes,
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--cut--\r\n'),
  ]);

/** A request of a multipart body, whose length is its own unless another one is promised. */
const posted = (body: Buffer, type = 'multipart/form-data; boundary=cut', length = body.length) =>
  Buffer.concat([
    Buffer.from(
      `POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`,
    ),
    body,
  ]);

/** Sends bytes on one connection before it reads anything; what comes until the server ends it, or until `enough`. */
async function statusesOf(url: string, bytes: Buffer, enough: number): Promise<number[]> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.pause();
  await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.write(bytes, resolve);
  });
  let text = '';
  const statuses = () => [...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => Number(status));
  for await (const piece of socket) {
    text += piece;
    if (statuses().length >= enough) {
      break;
    }
  }
  return statuses();
}

/** Node alone would end it after a minute. */
const timeout = 30_000;

test('when a request does not arrive, then its connection ends with status 408', {
  timeout,
}, async (t) => {
  const { url } = await serverOf(t, { timeout: 0.2 });
  const { port } = new URL(url);
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(
        'POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\nContent-Length: 9\r\n\r\na',
      ),
    );
    socket.on('data', (piece) => {
      text += piece;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
  assert.match(answer, /^HTTP\/1.1 408 /);
  await until(url, ({ requests }) => requests === 0);
});

test('when a body is answered before it has arrived, then its rest is read, and its connection goes on', {
  timeout,
}, async (t) => {
  const { url } = await serverOf(t, { maxMegabytes: 0.05, maxImages: 2 });
  const file: [string, Buffer] = ['name="a"; filename="a.jpg"', photo(0)];
  // More than the buffers of a connection hold.
  const rest: [string, Buffer] = ['name="rest"; filename="rest.jpg"', Buffer.alloc(16e6)];
  const chunked = `POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n${(16e6).toString(16)}\r\n`;
  const requests: [status: number, request: Buffer][] = [
    [413, posted(multipart(rest))],
    [413, posted(multipart(file, file, file, rest))],
    [400, posted(multipart(['name="field"', Buffer.from('1')], file, rest))],
    [400, posted(multipart(file, rest), 'multipart/form-data; boundary=other')],
    [400, posted(multipart(file, rest), 'multipart/form-data')],
    [200, posted(Buffer.concat([multipart(file), Buffer.alloc(16e6)]))],
    [413, posted(Buffer.alloc(16e6), 'image/png')],
    [413, Buffer.concat([Buffer.from(chunked), rest[1], Buffer.from('\r\n0\r\n\r\n')])],
  ];
  for (const [status, request] of requests) {
    const next = Buffer.from('GET /health HTTP/1.1\r\nHost: a\r\n\r\n');
    const statuses = await statusesOf(url, Buffer.concat([request, next]), 2);
    assert.deepEqual(statuses, [status, 200], String(request.subarray(0, 100)));
  }
  assert.equal((await health(url)).requests, 0);
});

test('when the rest of a refused body does not arrive, then its connection ends without a second answer', {
  timeout,
}, async (t) => {
  const { url } = await serverOf(t, { timeout: 0.2 });
  const field = multipart(['name="field"', Buffer.from('1')]);
  assert.deepEqual(await statusesOf(url, posted(field, undefined, 1e6), 2), [400]);
});

test('when the server is closed with a request in flight, then that is answered, and no other', async (t) => {
  const server = await serverOf(t, { batchSize: 2, waitMs: forEver });
  const first = ask(server.url, photo(4), 'image/jpeg');
  await until(server.url, ({ queue }) => queue === 1);
  const closed = server.close();
  const answer = await first;
  assert.equal(answer.headers.get('connection'), 'close');
  const [shown] = await imagesOf(answer);
  assertAnswer(shown as Shown, 4);
  await closed;
  await assert.rejects(ask(server.url, photo(0), 'image/jpeg'));
});

test('when a file for images cannot be made, then the server does not start, and leaves none open', async (t) => {
  const open = () => {
    const links = readdirSync('/proc/self/fd').map((fd) => `/proc/self/fd/${fd}`);
    return links.filter((link) => existsSync(link) && readlinkSync(link).includes('bobbin-serve-'));
  };
  const { TMPDIR } = process.env;
  t.after(() => {
    delete process.env.TMPDIR;
    Object.assign(process.env, TMPDIR === undefined ? {} : { TMPDIR });
  });
  process.env.TMPDIR = folder;
  for (const name of ['open', 'unlink'] as const) {
    const whole = fs.promises[name] as (...given: unknown[]) => Promise<unknown>;
    let calls = 0;
    const faulty = t.mock.method(fs.promises, name, async (...given: unknown[]) => {
      if (!String(given[0]).includes('bobbin-serve-') || ++calls < 2) {
        return await whole(...given);
      }
      throw Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' });
    });
    syncBuiltinESMExports();
    try {
      await assert.rejects(serve({ classifier, port: 0 }), /room|space/i, name);
    } finally {
      faulty.mock.restore();
      syncBuiltinESMExports();
    }
    assert.equal(calls, 2);
    assert.deepEqual(open(), []);
  }
});

test('when a port is taken, then the error says so', async (t) => {
  const { url } = await serverOf(t);
  const port = Number(new URL(url).port);
  await assert.rejects(serve({ classifier, port }), {
    message: `Expected a free port for port but received ${port}. Another program listens there: choose another port, or 0 for any`,
  });
});

test('when the packages of the server are named, then in the versions of package.json', () => {
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const named = ['fastify', '@fastify/multipart'].map((name) => `${name}@${dependencies[name]}`);
  assert.equal(installPackages, `npm install ${named.join(' ')}`);
  assert.equal(page.split(installPackages).length, 3);
});

/** The commands of docs/serve.md that ask a server. */
function curlCommands(): string[] {
  const fences = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  return fences
    .flatMap((text) => text.replace(/\\\n/g, ' ').split('\n'))
    .filter((line) => /^(curl|echo) /.test(line));
}

test('when the command serves a run, then the commands of docs/serve.md get answers, and SIGTERM ends it with code 0', async () => {
  const place = temporaryFolder();
  await saveClassifier(classifier, path.join(place, 'run/model'));
  for (const name of ['photo.jpg', 'other.jpg']) {
    await sharp(photo(0)).toFile(path.join(place, name));
  }
  const commands = curlCommands();
  assert.ok(commands.length >= 4, commands.join('\n'));
  let asked = false;
  const ended = await runBobbin(['serve', path.join(place, 'run'), '--port', '0'], {
    watch: (child, _, stdout) => {
      const url = /http:\/\/[\d.:]+/.exec(stdout)?.[0];
      if (url === undefined || asked) {
        return;
      }
      asked = true;
      try {
        for (const command of commands) {
          const line = command.replaceAll('http://localhost:8000', url);
          const answer = execFileSync('bash', ['-c', line.replace(/^curl/, 'curl -sSf')], {
            cwd: place,
          });
          assert.ok(command.startsWith('echo') || JSON.parse(String(answer)), command);
        }
      } finally {
        child.kill('SIGTERM');
      }
    },
  });
  assert.equal(ended.code, 0, ended.stderr);
  assert.ok(asked);
  assert.match(ended.stdout, /All accepted requests are answered/);
});
