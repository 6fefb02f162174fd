/** Downloads from a server that cuts, stalls, redirects and lies. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Client } from '../../scripts/fetch/client.mjs';
import { download } from '../../scripts/fetch/download.mjs';
import { temporaryFolder } from '../support/folders.js';
import { type Behaviour, makeWheel, serveWheels } from '../support/servers/wheel-server.js';

const wheel = await makeWheel('tiny', 100_000);
const { sha256, bytes } = wheel.pin;

/** A server with the wheel, and a download from it with short pauses that may wait `timeoutMs` for the next bytes. */
async function startWith(t: TestContext, behave?: Behaviour, timeoutMs = 10_000) {
  const server = await serveWheels(t, [wheel], behave && { behave });
  const client = new Client([], { timeoutMs });
  t.after(() => client.close());
  const file = path.join(temporaryFolder(t), 'partial');
  const url = new URL(`/files/${wheel.file}`, server.origin);
  const fetched = (expected = { sha256, bytes }) =>
    download(client, { url, ...expected }, file, { pauses: [1, 1, 1] });
  const ranges = () => server.requests.map(({ headers }) => headers.range);
  return { server, url, file, fetched, ranges };
}

/** A behaviour for the first request; the server answers the others. */
function first(behave: Behaviour): Behaviour {
  let requests = 0;
  return (request, response) => requests++ === 0 && behave(request, response);
}

const part = (end: number) => wheel.content.subarray(0, end);

const failures: Record<string, Behaviour> = {
  'is cut': (_request, response) => {
    response.writeHead(200, { 'content-length': bytes });
    response.write(part(30_000), () => response.destroy());
    return true;
  },
  'ends early without a length': (_request, response) => {
    response.write(part(30_000));
    response.end();
    return true;
  },
  'falls silent': (_request, response) => {
    response.writeHead(200, { 'content-length': bytes });
    response.write(part(30_000));
    return true;
  },
};
for (const [what, failure] of Object.entries(failures)) {
  test(`when a download ${what}, then it goes on where it was`, { timeout: 20_000 }, async (t) => {
    const timeoutMs = what === 'falls silent' ? 200 : undefined;
    const { file, fetched, ranges } = await startWith(t, first(failure), timeoutMs);
    await fetched();
    assert.deepEqual(fs.readFileSync(file), wheel.content);
    assert.deepEqual(ranges(), [undefined, 'bytes=30000-']);
  });
}

test('when every try brings something new, then there may be many', async (t) => {
  const { file, fetched, ranges } = await startWith(t, (request, response) => {
    const start = Number(request.headers.range?.match(/\d+/)?.[0] ?? 0);
    const head = { 'content-range': `bytes ${start}-`, 'content-length': bytes - start };
    response.writeHead(start > 0 ? 206 : 200, head);
    response.write(wheel.content.subarray(start, start + 20_000), () => response.destroy());
    return true;
  });
  await fetched();
  assert.deepEqual(fs.readFileSync(file), wheel.content);
  assert.equal(ranges().length, Math.ceil(bytes / 20_000));
});

test('when a server sends whole files alone, then a cut download starts again', async (t) => {
  const { file, fetched } = await startWith(t, (_request, response) => {
    response.end(wheel.content);
    return true;
  });
  fs.writeFileSync(file, part(50_000));
  await fetched();
  assert.deepEqual(fs.readFileSync(file), wheel.content);
});

test("when what is there is another file's beginning, or too long, then the download starts again", async (t) => {
  const { file, fetched, ranges } = await startWith(t);
  for (const other of [Buffer.alloc(50_000), Buffer.alloc(bytes), Buffer.alloc(bytes + 1)]) {
    fs.writeFileSync(file, other);
    await fetched();
    assert.deepEqual(fs.readFileSync(file), wheel.content);
  }
  assert.deepEqual(ranges(), ['bytes=50000-', undefined, undefined, undefined]);
});

test('when the file is another one, then the error has both hashes and the address, and nothing stays', async (t) => {
  const { url, file, fetched, ranges } = await startWith(t);
  const other = 'a'.repeat(64);
  await assert.rejects(fetched({ sha256: other, bytes }), {
    message: `Expected SHA-256 ${other} for ${url} but received ${sha256}`,
  });
  assert.equal(fs.existsSync(file), false);
  assert.equal(ranges().length, 1);
});

test('when the file has another length, then it is refused before it is read, or when it is too long', async (t) => {
  const { url, file, fetched } = await startWith(t);
  await assert.rejects(fetched({ sha256, bytes: 10 }), {
    message: `Expected a file of 10 bytes at ${url} but received one of ${bytes}`,
  });
  assert.equal(fs.existsSync(file), false);
  const endless = await startWith(t, (_request, response) => {
    response.write(Buffer.alloc(bytes + 5));
    return true;
  });
  await assert.rejects(
    endless.fetched(),
    /^Error: Expected a file of \d+ bytes at .* but received/,
  );
});

test('when a server is busy, then the download waits as long as it asks; other answers end it at once', async (t) => {
  const status = (code: number, headers = {}) =>
    first((_request, response) => {
      response.writeHead(code, headers).end();
      return true;
    });
  const started = performance.now();
  const busy = await startWith(t, status(503, { 'retry-after': '1' }));
  await busy.fetched();
  assert.ok(performance.now() - started > 990);
  assert.equal(busy.ranges().length, 2);

  const gone = await startWith(t, status(404));
  await assert.rejects(gone.fetched(), {
    message: `Expected status 200 from ${gone.url} but received 404`,
  });
  const closed = await startWith(t, status(401));
  await assert.rejects(closed.fetched(), /received 401; put USER:PASSWORD@ before the host/);
  assert.equal(gone.ranges().length + closed.ranges().length, 2);
});

test('when a server stays broken, then the tries end, and what came stays for the next set-up', async (t) => {
  let requests = 0;
  const { url, file, fetched } = await startWith(t, (request, response) => {
    if (requests++ === 0) {
      return failures['is cut']?.(request, response) ?? false;
    }
    response.writeHead(503).end();
    return true;
  });
  await assert.rejects(fetched(), {
    message: `Expected status 200 from ${url} but received 503`,
  });
  assert.equal(requests, 4);
  assert.deepEqual(fs.readFileSync(file), part(30_000));
});

test('when a server redirects, then credentials stay with it, and circles end', async (t) => {
  const other = await serveWheels(t, [wheel]);
  const { server, url, file } = await startWith(t, (_request, response) => {
    response.writeHead(302, { location: `${other.origin}/files/${wheel.file}?token=secret` }).end();
    return true;
  });
  const index = new URL(url);
  Object.assign(index, { username: 'jo', password: 'p%40ss' });
  const client = new Client([index]);
  t.after(() => client.close());
  await download(client, { url, sha256, bytes }, file);
  const sent = [server, other].map(({ requests }) => requests[0]?.headers.authorization);
  assert.deepEqual(sent, [`Basic ${Buffer.from('jo:p@ss').toString('base64')}`, undefined]);

  Object.assign(index, { username: '', password: 'token' });
  const withToken = new Client([index]);
  t.after(() => withToken.close());
  await download(withToken, { url, sha256, bytes }, `${file}-2`);
  const { authorization } = server.requests.at(-1)?.headers ?? {};
  assert.equal(authorization, `Basic ${Buffer.from(':token').toString('base64')}`);

  const closed = await serveWheels(t, [], {
    behave: (_request, response) => Boolean(response.writeHead(403).end()),
  });
  const toClosed = await startWith(t, (_request, response) => {
    response.writeHead(302, { location: `${closed.origin}/store` }).end();
    return true;
  });
  await assert.rejects(toClosed.fetched(), {
    message: `Expected status 200 from ${closed.origin}/store but received 403`,
  });

  const round = await startWith(t, (request, response) => {
    response.writeHead(302, { location: request.url }).end();
    return true;
  });
  await assert.rejects(round.fetched(), /^Error: Expected at most 5 redirects from http:/);
  assert.equal(round.ranges().length, 6);
});
