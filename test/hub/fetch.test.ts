/** Files of a hub: which are fetched, where the token goes, how a download continues, and what works without the network. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../support/folders.js';
import {
  type Behaviour,
  type HubFiles,
  type HubServer,
  sendRange,
  serveHub,
} from '../support/servers/hub-server.js';

process.env.BOBBIN_CACHE = temporaryFolder();
const { fetchFromHub, isHubReference } = await import('../../src/hub/index.js');

const large = (seed: number) => Buffer.alloc(100_000, `content ${seed} `);
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

/** A name for each test, since the cache keeps what an earlier one fetched; the server serves any as owner/name. */
let seeds = 0;

interface Started {
  server: HubServer;
  content: Buffer;
}

/** Starts a hub with a large file of new content, and names it to Bobbin until the test ends. */
async function startHub(
  t: TestContext,
  files: HubFiles = {},
  behaviours: { behave?: Behaviour; store?: Behaviour } = {},
): Promise<Started> {
  const content = large(++seeds);
  const server = await serveHub(t, { 'model.safetensors': content, ...files }, behaviours);
  useEndpoint(t, server.url);
  return { server, content };
}

function useEndpoint(t: TestContext, url: string): void {
  process.env.HF_ENDPOINT = url;
  t.after(() => {
    for (const name of ['HF_ENDPOINT', 'HF_TOKEN', 'HF_HUB_OFFLINE']) {
      delete process.env[name];
    }
  });
}

const fetchWeights = (reference = 'hf:owner/name', rest = {}) =>
  fetchFromHub(reference, { wants: 'weights', onProgress: () => {}, ...rest });

test('when a text begins with hf: then it means a hub, and a path of this machine does not', () => {
  assert.deepEqual(['hf:a/b', './hf:a/b', 'model.onnx'].map(isHubReference), [true, false, false]);
});

test('when a repository is named then its usual file is fetched, with its configurations, commit and hash', async (t) => {
  const { server, content } = await startHub(t, {
    'config.json': '{"a":1}',
    'onnx/preprocessor_config.json': '{"b":1}',
    'onnx/model.onnx': large(-1),
    'onnx/model.onnx_data': large(-2),
    'README.md': 'no',
  });
  const weights = await fetchWeights();
  assert.equal(weights.name, 'hf:owner/name/model.safetensors');
  assert.deepEqual([weights.sha256, weights.revision], [sha256(content), server.commit]);
  assert.deepEqual(readFileSync(weights.file), content);
  assert.equal(readFileSync(weights.config as string, 'utf8'), '{"a":1}');
  assert.equal(weights.preprocessor, undefined);

  const network = await fetchFromHub('hf:owner/name@main', { wants: 'network', onProgress() {} });
  assert.equal(network.name, 'hf:owner/name/onnx/model.onnx');
  assert.equal(readFileSync(network.preprocessor as string, 'utf8'), '{"b":1}');
  assert.deepEqual(readFileSync(`${network.file}_data`), large(-2));
});

test('when a token is set then the hub alone gets it, and a file that is there is not fetched again', async (t) => {
  const { server } = await startHub(t);
  process.env.HF_TOKEN = 'hf_secret';
  const progress: { done: number; total: number }[] = [];
  await fetchWeights('hf:owner/name', { onProgress: (each: never) => progress.push(each) });
  assert.deepEqual(progress.at(-1), { file: 'model.safetensors', done: 100_000, total: 100_000 });
  const { hub, store } = server.requests;
  assert.ok(hub.length > 0 && store.length > 0);
  assert.ok(hub.every(({ headers }) => headers.authorization === 'Bearer hf_secret'));
  assert.ok(store.every(({ headers }) => headers.authorization === undefined));
  await fetchWeights();
  assert.equal(store.length, 1);
});

test('when a download is cut then it goes on where it was', async (t) => {
  let requests = 0;
  const { server, content } = await startHub(
    t,
    {},
    {
      store(_request, response) {
        if (requests++ > 0) {
          return false;
        }
        response.writeHead(200, { 'content-length': 100_000 });
        response.write(content.subarray(0, 30_000), () => response.destroy());
        return true;
      },
    },
  );
  assert.deepEqual(readFileSync((await fetchWeights()).file), content);
  const ranges = server.requests.store.map(({ headers }) => headers.range);
  assert.deepEqual(ranges, [undefined, 'bytes=30000-']);
});

for (const answers of ['the rest', '416']) {
  test(`when a call was ended and the store answers the next one with ${answers}, then the file is whole`, async (t) => {
    const { server, content } = await startHub(
      t,
      {},
      {
        store(request, response) {
          const isRefused = answers === '416' && request.headers.range !== undefined;
          return isRefused && Boolean(response.writeHead(416).end());
        },
      },
    );
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    const ended = fetchWeights('hf:owner/name', { onProgress, signal: controller.signal });
    await assert.rejects(ended, { message: 'enough' });
    assert.deepEqual(readFileSync((await fetchWeights()).file), content);
    const ranges = server.requests.store.map(({ headers }) => headers.range);
    assert.match(ranges[1] ?? '', /^bytes=[1-9]\d*-$/);
    assert.equal(ranges.length, answers === '416' ? 3 : 2);
  });
}

test('when the network is gone then the cache has what was fetched, and says what it lacks', async (t) => {
  const { server, content } = await startHub(t, { 'other.safetensors': large(-3) });
  await fetchWeights();
  server.close();
  const warnings: string[] = [];
  const note = ({ message }: Error) => warnings.push(message);
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  const cached = await fetchWeights();
  assert.deepEqual(readFileSync(cached.file), content);
  await new Promise(setImmediate);
  assert.match(
    warnings[0] ?? '',
    /owner\/name is taken from the cache, at the commit [0-9a-f]{40}: /,
  );

  process.env.HF_HUB_OFFLINE = '1';
  assert.deepEqual(await fetchWeights(), cached);
  assert.deepEqual(await fetchWeights(`hf:owner/name@${server.commit}`), cached);
  await assert.rejects(fetchWeights('hf:owner/name/other.safetensors'), {
    name: 'InvalidInputError',
    message: `Missing other.safetensors of owner/name at ${server.commit} for Bobbin's cache. Unset HF_HUB_OFFLINE to fetch it`,
  });
  await assert.rejects(
    fetchWeights('hf:owner/name@v2'),
    /Missing owner\/name at v2 for Bobbin's cache/,
  );
});

test('when a cached file was changed then it is fetched again', async (t) => {
  const { content } = await startHub(t);
  const { file } = await fetchWeights();
  writeFileSync(file, content.subarray(1));
  assert.deepEqual(readFileSync((await fetchWeights()).file), content);
});

test('when two calls want the same file at once then it is fetched once', async (t) => {
  const { server } = await startHub(t);
  await Promise.all([fetchWeights(), fetchWeights()]);
  assert.equal(server.requests.store.length, 1);
});

test('when a repository lacks the file then those that it has are listed, with the nearest name', async (t) => {
  await startHub(t, { 'vocab.txt': 'a' });
  await assert.rejects(fetchFromHub('hf:owner/name', { wants: 'network' }), {
    message:
      'Expected onnx/model.onnx or model.onnx for hf:owner/name but received "model.safetensors". Name a file of it: hf:owner/name/FILE',
  });
  await assert.rejects(
    fetchWeights('hf:owner/name/model.safetensor'),
    /Name a file of it: hf:owner\/name\/model\.safetensors$/,
  );
});

test('when a server sends another content, then the file is refused and does not stay', async (t) => {
  const other =
    (bytes: Buffer): Behaviour =>
    (request, response) => {
      sendRange(request, response, bytes);
      return true;
    };
  const { content } = await startHub(t, {}, { store: other(Buffer.alloc(100_000)) });
  const wrong = new RegExp(`Expected SHA-256 ${sha256(content)} for http.* Perhaps a proxy`);
  await assert.rejects(fetchWeights(), wrong);
  await startHub(t, {}, { store: other(Buffer.from('<html>Please log in</html>')) });
  await assert.rejects(fetchWeights(), /a file of 100000 bytes at .* one of 26\. Perhaps a proxy/);
  await startHub(
    t,
    {},
    {
      store: (_request, response) => response.writeHead(200) && endless(response),
    },
  );
  await assert.rejects(fetchWeights(), /a file of 100000 bytes at .* but received one of \d{6,}/);
});

/** Sends until the other side ends it. */
function endless(response: Parameters<Behaviour>[1]): boolean {
  const more = () => {
    if (!response.destroyed) {
      response.write(Buffer.alloc(65_536), more);
    }
  };
  more();
  return true;
}

test('when a hub names files outside of the repository then they are none of its files', async (t) => {
  const evil = ['../../evil', '/etc/passwd', 'a/../../b', 'a//b', 'x\\..\\y', '.', ''];
  await startHub(t, Object.fromEntries(evil.map((name) => [name, 'x'])));
  const { file } = await fetchWeights();
  assert.ok(file.startsWith(path.join(process.env.BOBBIN_CACHE as string, 'hub')));
  for (const name of evil.slice(0, 4)) {
    await assert.rejects(fetchWeights(`hf:owner/name/${name}`), /hf:OWNER\/NAME|a file of a hub/);
  }
});
