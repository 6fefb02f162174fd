/** Wheels are found in indexes of HTML and JSON, by their hashes, else by their names. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client } from '../../scripts/fetch/client.mjs';
import { findWheel, parseIndex } from '../../scripts/fetch/simple-index.mjs';
import { namedIndexes } from '../../scripts/wheels.mjs';
import { makeWheel, serveWheels } from '../support/servers/wheel-server.js';

const wheel = await makeWheel('tiny');

/** Looks for a wheel in indexes. */
async function find(t: TestContext, addresses: string[], pin = wheel.pin) {
  const indexes = addresses.map(parseIndex);
  const client = new Client(indexes);
  t.after(() => client.close());
  return (await findWheel(client, indexes, pin, pin)).href.replace(/#.*/, '');
}

for (const format of ['html', 'json'] as const) {
  test(`when an index is ${format}, then the pinned hash chooses, and without hashes the name`, async (t) => {
    // The same name, but another content.
    const other = { ...wheel, pin: { ...wheel.pin, sha256: '0'.repeat(64) } };
    const hashed = await serveWheels(t, [other, { ...wheel, file: 'renamed.whl' }], { format });
    assert.equal(await find(t, [hashed.index]), `${hashed.origin}/files/renamed.whl`);

    const files = [
      'tiny-1.0-cp311-cp311-win_amd64.whl',
      'tiny-1.0.tar.gz',
      'tiny-1.1-py3-none-any.whl',
    ];
    const unhashed = await serveWheels(
      t,
      [...files, wheel.file].map((file) => ({ ...wheel, file })),
      { format, hashes: false },
    );
    assert.equal(await find(t, [`${unhashed.index}/`]), `${unhashed.origin}/files/${wheel.file}`);

    await assert.rejects(find(t, [(await serveWheels(t, [other], { format })).index]), {
      message:
        /^Expected tiny==1.0 with SHA-256 [0-9a-f]{64} in http:.* but received no such file$/,
    });
  });
}

test('when a name has several tags, then each counts', async (t) => {
  const file = 'Tiny-1.0-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl';
  const { index, origin } = await serveWheels(t, [{ ...wheel, file }], { hashes: false });
  const tags = { python: '3.11', platforms: ['manylinux2014_x86_64'] };
  assert.equal(await find(t, [index], { ...wheel.pin, ...tags }), `${origin}/files/${file}`);
  await assert.rejects(find(t, [index], { ...wheel.pin, ...tags, python: '3.12' }));
});

test('when the first index lacks the wheel, then the next one is asked', async (t) => {
  const [empty, full] = [await serveWheels(t, []), await serveWheels(t, [wheel])];
  assert.equal(await find(t, [empty.index, full.index]), `${full.origin}/files/${wheel.file}`);
  assert.deepEqual(
    empty.requests.map(({ path }) => path),
    ['/simple/tiny/'],
  );
});

test('when BOBBIN_INDEX is set, then it alone counts; else those of pip', () => {
  const ofPip = { PIP_INDEX_URL: 'https://a/simple', PIP_EXTRA_INDEX_URL: 'https://b https://c' };
  assert.deepEqual(namedIndexes(ofPip), ['https://a/simple', 'https://b', 'https://c']);
  assert.deepEqual(namedIndexes({ ...ofPip, BOBBIN_INDEX: 'https://d' }), ['https://d']);
  assert.deepEqual(namedIndexes({ BOBBIN_INDEX: '' }), []);
});

test('when an index is no address, or answers something else, then a sentence says so without its password', async (t) => {
  for (const address of ['mirror/simple', 'jo:secret@mirror', 'file:///srv/simple']) {
    assert.throws(() => parseIndex(address), {
      message: /^Expected addresses that begin with https:\/\/ or http:\/\/ .* another value$/,
    });
  }
  assert.throws(() => parseIndex('https://jo:50%@mirror/simple'), {
    message:
      'Expected %25 in the place of each % in the user and password of BOBBIN_INDEX, PIP_INDEX_URL or PIP_EXTRA_INDEX_URL but received a % alone',
  });
  const { index, origin } = await serveWheels(t, [], {
    behave: (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end('<html>');
      return true;
    },
  });
  const address = new URL(index);
  Object.assign(address, { username: 'jo', password: 'secret' });
  await assert.rejects(find(t, [address.href]), {
    message: `Expected JSON as in PEP 691 from ${origin}/simple/tiny/ but received another text`,
  });
});
