/** Set-up without Python: it downloads from an index, also through proxies, and continues what an earlier one left. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../support/folders.js';
import {
  type MadeWheel,
  makeCertificate,
  makeWheel,
  serveWheels,
} from '../support/servers/wheel-server.js';

const scripts = path.resolve(import.meta.dirname, '../../scripts');
const small = await makeWheel('tiny');
small.pin.links = {};
const large = await makeWheel('large', 3_000_000);

/** Starts set-up of one wheel in a process of its own, without Python unless `env` has another PATH. */
function startSetup(cache: string, { pin }: MadeWheel, env: NodeJS.ProcessEnv = {}) {
  const program = `
    const { install } = await import('${scripts}/setup.mjs');
    const { pipPart, wheelPart } = await import('${scripts}/parts.mjs');
    const { ok, optional, remedy } = pipPart.inspect();
    console.log('pip:', remedy ?? ok);
    try { install(wheelPart('Tiny', () => (${JSON.stringify(pin)})), () => {}); }
    catch ({ message }) { console.log(message); process.exitCode = 1; }`;
  const child = spawn(process.execPath, ['--input-type', 'module', '--eval', program], {
    env: { PATH: '/nowhere', BOBBIN_CACHE: cache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output: string[] = [];
  child.stdout.on('data', (text) => output.push(String(text)));
  child.stderr.on('data', (text) => output.push(String(text)));
  const ended = once(child, 'close').then(([code]) => ({ code, output: output.join('') }));
  return { child, ended };
}

const setUp = async (cache: string, wheel: MadeWheel, env: NodeJS.ProcessEnv = {}) =>
  await startSetup(cache, wheel, env).ended;

/** What set-up laid down: each file with its mode and time, and the record. */
function laidDown(cache: string) {
  const folder = path.join(cache, 'tiny-1.0');
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => !fs.lstatSync(path.join(folder, name)).isDirectory());
  return files.map((name) => {
    const { mode, mtimeMs } = fs.lstatSync(path.join(folder, name));
    return [
      name,
      mode,
      name.includes('record') || mtimeMs,
      fs.readFileSync(path.join(folder, name), 'utf8'),
    ];
  });
}

test('when there is no Python but an index, then Node lays down the same as pip does, and doctor says so', async (t) => {
  const { index } = await serveWheels(t, [small]);
  const [byNode, byPip] = [temporaryFolder(t), temporaryFolder(t)];
  const { code, output } = await setUp(byNode, small, { PIP_INDEX_URL: index });
  assert.equal(code, 0, output);
  assert.match(output, /^pip: none: Node downloads from the index that the environment names\n/);
  const files = laidDown(byNode);
  assert.deepEqual(
    files.map(([name]) => name),
    ['.bobbin-record.json', 'tiny/library.so', 'tiny/weights/data.bin', 'tiny/weights/program'],
  );
  const time = new Date(2024, 1, 3, 4, 5, 6).getTime();
  assert.deepEqual(files[3]?.slice(1), [0o100755, time, 'program']);
  assert.deepEqual(fs.readdirSync(byNode), ['tiny-1.0']);

  const shop = temporaryFolder(t);
  fs.writeFileSync(path.join(shop, small.file), small.content);
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PIP_FIND_LINKS: shop,
    PIP_NO_INDEX: '1',
  };
  const pip = await setUp(byPip, small, env);
  assert.equal(pip.code, 0, pip.output);
  assert.deepEqual(laidDown(byPip), files);
});

test('when the address of a wheel ends in something else, then it is unpacked all the same', async (t) => {
  const { index } = await serveWheels(t, [{ ...small, file: 'download' }]);
  const cache = temporaryFolder(t);
  const { code, output } = await setUp(cache, small, { BOBBIN_INDEX: index });
  assert.equal(code, 0, output);
  assert.deepEqual(fs.readdirSync(cache), ['tiny-1.0']);
});

test('when there is neither pip nor an index, then one sentence says both ways out', async (t) => {
  const { code, output } = await setUp(temporaryFolder(t), small);
  const remedy =
    'install Python 3 with pip, or set BOBBIN_INDEX to the address of a simple index (PEP 503)';
  const sentence = `Expected pip or an index to download from but received none; ${remedy}`;
  assert.equal(output, `pip: ${remedy}\nTiny cannot be installed: ${sentence}\n`);
  assert.equal(code, 1);
});

test('when set-up is killed during a download, then the next one continues it and leaves nothing else', async (t) => {
  let answers = 0;
  const { index, requests } = await serveWheels(t, [large], {
    behave: (request, response) => {
      if (!request.url?.startsWith('/files') || answers++ > 0) {
        return false;
      }
      response.writeHead(200, { 'content-length': large.pin.bytes });
      response.write(large.content.subarray(0, 2_000_000));
      return true;
    },
  });
  const cache = temporaryFolder(t);
  const { child, ended } = startSetup(cache, large, { BOBBIN_INDEX: index });
  const received = () =>
    fs
      .readdirSync(cache, { recursive: true, encoding: 'utf8' })
      .filter((name) => path.basename(name) === `partial-${large.pin.sha256}`)
      .map((name) => fs.statSync(path.join(cache, name)).size);
  const signal = AbortSignal.timeout(20_000);
  while (received()[0] !== 2_000_000) {
    await sleep(20, undefined, { signal });
  }
  process.kill(-Number(child.pid), 'SIGKILL');
  await ended;

  const { code, output } = await setUp(cache, large, { BOBBIN_INDEX: index });
  assert.equal(code, 0, output);
  assert.equal(requests.at(-1)?.headers.range, 'bytes=2000000-');
  assert.deepEqual(fs.readdirSync(cache), ['large-1.0']);
});

test('when only the set-up is killed, then its download ends, too', {
  timeout: 60_000,
}, async (t) => {
  const { index } = await serveWheels(t, [large], {
    behave: (request) => request.url?.startsWith('/files') ?? false,
  });
  const cache = temporaryFolder(t);
  const { child, ended } = startSetup(cache, large, { BOBBIN_INDEX: index });
  const signal = AbortSignal.timeout(20_000);
  while (!fs.readdirSync(cache, { recursive: true }).join().includes('partial-')) {
    await sleep(20, undefined, { signal });
  }
  child.kill('SIGKILL');
  // The pipe of its output ends with the last process that holds it.
  await ended;
});

test('when only the set-up is killed, then its pip ends, too', async (t) => {
  const [cache, programs] = [temporaryFolder(t), temporaryFolder(t)];
  const python = `#!/bin/sh
    [ "$1" = -c ] && echo 3.11 && exit
    : > "$TMPDIR/started"
    exec /bin/sleep 60`;
  fs.writeFileSync(path.join(programs, 'python3'), python, { mode: 0o755 });
  const { child, ended } = startSetup(cache, large, { PATH: programs });
  const signal = AbortSignal.timeout(20_000);
  while (!fs.readdirSync(cache, { recursive: true }).join().includes('started')) {
    await sleep(20, undefined, { signal });
  }
  child.kill('SIGKILL');
  const killed = performance.now();
  await ended;
  assert.ok(performance.now() - killed < 20_000);
});

test('when two set-ups download one wheel at once, then both end well', async (t) => {
  const { index } = await serveWheels(t, [large]);
  const cache = temporaryFolder(t);
  fs.writeFileSync(path.join(cache, `partial-${large.pin.sha256}`), large.content.subarray(0, 1e6));
  const both = await Promise.all([1, 2].map(() => setUp(cache, large, { BOBBIN_INDEX: index })));
  assert.deepEqual(
    both.map(({ code }) => code),
    [0, 0],
    JSON.stringify(both),
  );
  assert.deepEqual(fs.readdirSync(cache), ['large-1.0']);
});

/** A proxy on the loopback address that wants a user and a password; returns what it was asked for. */
async function startProxy(t: TestContext) {
  const asked: string[] = [];
  const isKnown = ({ headers }: http.IncomingMessage) =>
    headers['proxy-authorization'] === `Basic ${Buffer.from('jo:p@ss').toString('base64')}`;
  const proxy = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (isKnown(request)) {
      const { headers } = request;
      http.get(String(request.url), { headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
    } else {
      response.writeHead(407).end();
    }
  });
  proxy.on('connect', (request, socket: net.Socket) => {
    asked.push(`${request.method} ${request.url}`);
    if (!isKnown(request)) {
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    }
    const [host, port] = String(request.url).split(':');
    const target = net.connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) {
      end.on('error', () => {});
    }
    return socket;
  });
  t.after(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const { port } = proxy.address() as AddressInfo;
  return { asked, address: (user: string) => `http://${user}@127.0.0.1:${port}` };
}

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'needs openssl';

test('when the index is behind a proxy with a password, then http and https go through it, and no output has it', {
  skip,
}, async (t) => {
  const { file, tls } = makeCertificate(t);
  const proxy = await startProxy(t);
  const secure = await serveWheels(t, [small], { tls });
  const plain = await serveWheels(t, [small], {
    behave: (request, response) => {
      const isKnown =
        request.headers.authorization === `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
      return isKnown ? false : Boolean(response.writeHead(401).end());
    },
  });
  const env = { https_proxy: proxy.address('jo:p%40ss'), HTTP_PROXY: proxy.address('jo:p%40ss') };
  const overTls = { ...env, BOBBIN_INDEX: secure.index, PIP_CERT: file };
  const first = await setUp(temporaryFolder(t), small, overTls);
  assert.equal(first.code, 0, first.output);
  const host = secure.origin.replace('https://', '');
  assert.ok(proxy.asked.length > 0 && proxy.asked.every((line) => line === `CONNECT ${host}`));

  proxy.asked.length = 0;
  const withUser = plain.index.replace('//', '//me:s3cret@');
  const second = await setUp(temporaryFolder(t), small, { ...env, BOBBIN_INDEX: withUser });
  assert.equal(second.code, 0, second.output);
  assert.deepEqual(proxy.asked, [
    `GET ${plain.index}/tiny/`,
    `GET ${plain.origin}/files/${small.file}`,
  ]);

  proxy.asked.length = 0;
  const around = { ...overTls, NO_PROXY: '127.0.0.1' };
  assert.equal((await setUp(temporaryFolder(t), small, around)).code, 0);
  assert.deepEqual(proxy.asked, []);

  const wrong: [string, NodeJS.ProcessEnv][] = [
    ['HTTP_PROXY and HTTPS_PROXY', { ...overTls, https_proxy: proxy.address('jo:s3cret') }],
    [
      'HTTP_PROXY and HTTPS_PROXY',
      { HTTP_PROXY: proxy.address('jo:s3cret'), BOBBIN_INDEX: plain.index },
    ],
    ["the index's address", { BOBBIN_INDEX: plain.index.replace('//', '//jo:s3cret@') }],
  ];
  for (const [place, failing] of wrong) {
    const { code, output } = await setUp(temporaryFolder(t), small, failing);
    assert.equal(code, 1);
    assert.match(output, /Tiny cannot be installed: Expected .*(407|401)/);
    assert.ok(output.endsWith(`; put USER:PASSWORD@ before the host in ${place}\n`), output);
    assert.doesNotMatch(output, /s3cret/);
    assert.equal(output.trim().split('\n').length, 2, output);
  }
});

test('when the certificate is unknown, or https leads to http, then set-up refuses in a sentence', {
  skip,
}, async (t) => {
  const { file, tls } = makeCertificate(t);
  const plain = await serveWheels(t, [small]);
  const { index, origin } = await serveWheels(t, [small], {
    tls,
    behave: (request, response) =>
      request.url?.startsWith('/files') === true &&
      Boolean(response.writeHead(302, { location: `${plain.origin}${request.url}` }).end()),
  });
  const unknown = await setUp(temporaryFolder(t), small, { BOBBIN_INDEX: index });
  assert.match(
    unknown.output,
    /Expected an answer from https:.* but received "self-signed certificate"; NODE_EXTRA_CA_CERTS names/,
  );
  const known = { BOBBIN_INDEX: index, NODE_EXTRA_CA_CERTS: file };
  const { output } = await setUp(temporaryFolder(t), small, known);
  const place = `${origin}/files/${small.file}`;
  assert.ok(
    output.includes(`Expected a redirect to https from ${place} but received one to http:`),
    output,
  );
  assert.equal(plain.requests.length, 0);
});
