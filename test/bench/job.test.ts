/** The batches of a contender that are written for the check. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Job, timeBatches } from '../../bench/job.js';
import { temporaryFolder } from '../support/folders.js';

test('when pixels are requested, then those of the second epoch are included', async (t) => {
  const pixels = path.join(temporaryFolder(t), 'pixels.f32');
  async function* batches() {
    for (let value = 1; ; value++) {
      const batch = { count: 2, shape: [2, 1, 1, 1], release: () => {} };
      yield { ...batch, pixels: () => new Float32Array(2).fill(value) };
    }
  }
  const job: Job = {
    files: ['a', 'b', 'c', 'd'],
    load: 'crop',
    whole: true,
    workspace: '',
    threads: 1,
    batchSize: 2,
    seconds: 0,
    pixels,
  };
  const log = t.mock.method(console, 'log', () => {});
  await timeBatches(job, batches(), () => 'one');
  log.mock.restore();
  const written = new Float32Array(new Uint8Array(readFileSync(pixels)).buffer);
  assert.deepEqual([...written], [1, 1, 2, 2, 3, 3, 4, 4]);
});
