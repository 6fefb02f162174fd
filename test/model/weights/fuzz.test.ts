/** A second of each reader's fuzzing; fuzz.ts runs it for longer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpora, fuzz } from './fuzz.js';

for (const reader of Object.keys(corpora)) {
  test(`when ${reader} files are mutated then each is read, or refused in words`, async () => {
    const { tried, read } = await fuzz({ reader, seconds: 1, seed: 1 });
    assert.ok(read > 0 && read < tried, `${read} of ${tried} were read`);
  });
}
