/** A moment of each reader's fuzzing; fuzz.ts runs it for longer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpora, fuzz } from './fuzz.js';

for (const reader of Object.keys(corpora)) {
  test(`when ${reader} networks are mutated then each is imported, or refused in words`, async () => {
    const { tried, read } = await fuzz({ reader, seconds: 0.7, seed: 1 });
    assert.ok(tried > 0 && read <= tried);
  });
}

test('when a damaged length makes HDF5 ask for 500 MB, then the file is refused without them', async () => {
  assert.deepEqual(await fuzz({ reader: 'keras', seconds: 0, seed: 3_000_204 }), {
    tried: 1,
    read: 0,
  });
});
