/** The loader's memory: within its budget, and a warning if the consumer holds all of it. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InvalidInputError } from '../../src/errors.js';
import { createLoader, type LoaderOptions, type PixelType } from '../../src/pipeline/index.js';
import { temporaryFolder } from '../support/folders.js';
import { loaderFor, plainPixels, writePictures } from '../support/pictures.js';

/** A batch of 8 · 100 · 100 · 3 values: 0.96 MB as float32. */
const options: LoaderOptions<PixelType> = {
  samples: Array.from({ length: 8 }, () => ({ path: '/nowhere.jpg', label: 0 })),
  preprocessing: plainPixels(100, 100),
  batchSize: 8,
  threads: 1,
};

function ringBytes(changes: Partial<LoaderOptions<PixelType>>): number {
  const loader = createLoader({ ...options, ...changes });
  loader.close();
  return loader.statistics.ringBytes;
}

test('when a budget is given, then the ring has as many batches as fit', () => {
  const cases: [Partial<LoaderOptions<PixelType>>, number][] = [
    [{}, 4 * 960_000],
    [{ slots: 7 }, 7 * 960_000],
    [{ memoryMB: 1.92 }, 2 * 960_000],
    [{ memoryMB: 4.79 }, 4 * 960_000],
    [{ memoryMB: 4.8, dtype: 'bfloat16' }, 10 * 480_000],
    [{ memoryMB: 4.8, dtype: 'float16' }, 10 * 480_000],
    [{ memoryMB: 4.9, dtype: 'uint8' }, 20 * 240_000],
    [{ memoryMB: 20, augmentation: { crop: 'ten' } }, 2 * 9_600_000],
    // 8 · 7 · 7 · 3 bytes, laid out as 1216; no more than 1024 of them.
    [{ memoryMB: 1e6, dtype: 'uint8', preprocessing: plainPixels(7, 7) }, 1024 * 1216],
    // 3 · 7 · 7 · 3 · 4 = 1764 bytes, laid out as 1792.
    [{ memoryMB: 0.004, batchSize: 3, preprocessing: plainPixels(7, 7) }, 2 * 1792],
  ];
  for (const [changes, wanted] of cases) {
    assert.equal(ringBytes(changes), wanted, JSON.stringify(changes));
  }
});

test('when a budget is too small or comes with slots, then the error says what to change', () => {
  const wrong: [Partial<LoaderOptions<PixelType>>, RegExp][] = [
    [
      { memoryMB: 1.91 },
      /at least 2, for two batches, for memoryMB but received 1\.91\. Give more/,
    ],
    [{ memoryMB: 5, slots: 4 }, /^`slots` cannot be combined with `memoryMB`\. Give/],
    [{ memoryMB: -1 }, /from 0 to 1000000 for memoryMB/],
  ];
  for (const [changes, message] of wrong) {
    assert.throws(
      () => createLoader({ ...options, ...changes }),
      (error) => error instanceof InvalidInputError && message.test(error.message),
    );
  }
});

test('when the consumer holds every batch and waits, then a warning comes after ten seconds', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 6, width: 40, height: 40 });
  const loader = loaderFor(t, { ...options, samples, dtype: 'float32', batchSize: 1, slots: 2 });
  const batches = loader.epoch(0);
  const held = [(await batches.next()).value, (await batches.next()).value];
  const warnings: Error[] = [];
  const keep = (warning: Error & { code?: string }) => {
    if (warning.code === 'BOBBIN_STARVED') {
      warnings.push(warning);
    }
  };
  process.on('warning', keep);
  t.after(() => process.off('warning', keep));
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());

  const third = batches.next();
  await nextTurn();
  mock.timers.tick(9_999);
  await nextTurn();
  assert.equal(warnings.length, 0);
  mock.timers.tick(1);
  await nextTurn();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]?.message ?? '', /all 2 batches are held\. Release or adopt/);

  for (const batch of held) {
    batch.release();
  }
  (await third).value.release();
  // Late, but with a free slot: not the consumer's fault.
  const fourth = batches.next();
  await nextTurn();
  mock.timers.tick(10_000);
  (await fourth).value.release();
  await nextTurn();
  assert.equal(warnings.length, 1);
});
