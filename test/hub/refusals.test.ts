/** What a hub may answer instead of a file: each ends in one sentence with the way out, and none shows a secret. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../support/folders.js';
import { serveHub } from '../support/servers/hub-server.js';

process.env.BOBBIN_CACHE = temporaryFolder();
const { fetchFromHub } = await import('../../src/hub/index.js');
const { openHub } = await import('../../src/hub/hub.js');

const secret = 'hf_secret';
process.env.HF_TOKEN = secret;

/** A hub that answers each request with this status and text. */
async function answering(t: TestContext, status: number, text = '') {
  const behave = (_: unknown, response: import('node:http').ServerResponse) =>
    Boolean(response.writeHead(status).end(text));
  const server = await serveHub(t, {}, { behave });
  process.env.HF_ENDPOINT = server.url;
  return server;
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('no error'),
    (reason: Error) => reason,
  );
  assert.equal(error.name, 'InvalidInputError', error.stack);
  assert.ok(!error.message.includes(secret));
  return error.message;
}

const ways: Record<number, RegExp> = {
  401: /Check the name; if the repository is private or asks for consent, check HF_TOKEN$/,
  403: /Ask for access at http:\/\/127[^ ]*\/owner\/name, and check HF_TOKEN$/,
  404: /Look at http:\/\/127[^ ]*\/owner\/name for its name, its revisions and its files$/,
  416: /Call again: the download starts anew$/,
  429: /The hub refuses further requests for a while: wait some minutes, or check HF_TOKEN$/,
  503: /Try again later, or name a mirror by HF_ENDPOINT$/,
};
for (const [status, way] of Object.entries(ways)) {
  test(`when the hub answers with ${status} then the error says what to do`, async (t) => {
    const { requests } = await answering(t, Number(status));
    const hub = await openHub('owner/name', { pauses: [1, 1] });
    t.after(() => hub.close());
    const message = await messageOf(hub.listing('v1'));
    assert.match(message, /^Expected v1 of owner\/name from 127\.0\.0\.1:\d+ but received status/);
    assert.match(message, way);
    assert.equal(requests.hub.length, ['429', '503'].includes(status) ? 3 : 1);
  });
}

test('when something else answers in place of the hub then that is said', async (t) => {
  const texts = ['<html>Log in</html>', '[]', '{"sha":"main"}', '{"siblings":[{}]}', 'null'];
  for (const text of texts) {
    await answering(t, 200, text);
    const message = await messageOf(fetchFromHub('hf:owner/name', { wants: 'weights' }));
    assert.match(
      message,
      /for the answer of 127\.0\.0\.1.* Perhaps a proxy or a login page answered/,
    );
  }
});

test('when the headers of a file lack its hash, or are of another commit, then it is refused', async (t) => {
  const commit = 'c'.repeat(40);
  for (const headers of [
    {},
    { etag: '"123"' },
    { etag: 'a'.repeat(40), 'x-repo-commit': 'other' },
  ]) {
    const server = await serveHub(
      t,
      {},
      {
        behave: (_, response) =>
          Boolean(response.writeHead(200, { 'content-length': 3, ...headers }).end()),
      },
    );
    process.env.HF_ENDPOINT = server.url;
    const hub = await openHub('owner/name');
    t.after(() => hub.close());
    assert.match(await messageOf(hub.remote(commit, 'a')), /a length, a hash and the commit for/);
  }
});

test('when the endpoint or the reference is no address then the form is said, and no password shown', async () => {
  process.env.HF_ENDPOINT = `ftp://jo:${secret}@host`;
  const message = await messageOf(fetchFromHub('hf:owner/name', { wants: 'weights' }));
  assert.match(message, /^Expected an address such as https:\/\/huggingface\.co for HF_ENDPOINT/);
  for (const text of [
    'hf:',
    'hf:name',
    'hf:a/../b',
    'hf:a/b/',
    'hf:a/b@',
    'hf:a/b@../c',
    'hf:a/b\0',
  ]) {
    const wrong = await messageOf(fetchFromHub(text, { wants: 'weights' }));
    assert.match(
      wrong,
      /^Expected hf:OWNER\/NAME, hf:OWNER\/NAME\/FILE, or one of them with @REVISION/,
    );
  }
});
