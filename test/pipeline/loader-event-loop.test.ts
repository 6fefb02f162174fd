/** The loader leaves the event loop free: timers are on time, and all kinds of tasks run between batches. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { temporaryFolder } from '../support/folders.js';
import { checkLateness } from '../support/lateness.js';
import {
  everything,
  loaderFor,
  plainPixels,
  sharpPicture,
  writePictures,
} from '../support/pictures.js';

test('when the loader runs at full speed, then a 10 ms timer is never 50 ms late', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 60, width: 500, height: 400 });
  await sharpPicture(500, 400)
    .png()
    .toFile((samples[7] as { path: string }).path);
  const loader = loaderFor(t, {
    samples,
    preprocessing: plainPixels(256, 224),
    augmentation: everything,
    batchSize: 16,
  });
  let epoch = 0;
  await checkLateness(t, async (startTimer) => {
    const stop = startTimer();
    for (const last = epoch + 40; epoch < last; epoch++) {
      for await (const batch of loader.epoch(epoch)) {
        batch.release();
      }
    }
    return stop();
  });
});

test('when batches are ready, then timers, immediates and messages still run between them', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 8, width: 60, height: 50 });
  const loader = loaderFor(t, {
    samples,
    preprocessing: plainPixels(40, 32),
    batchSize: 1,
    slots: 8,
  });
  const busy = (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until) {}
  };
  const seen: string[] = [];
  const batches = loader.epoch(0);
  (await batches.next()).value.release();
  // While the event loop is held, the other seven are rendered.
  busy(500);
  setTimeout(() => seen.push('timer'), 0);
  setImmediate(() => seen.push('immediate'));
  const { port1, port2 } = new MessageChannel();
  t.after(() => port1.close());
  port2.on('message', () => seen.push('message'));
  port1.postMessage('');
  let taken = 1;
  for await (const batch of batches) {
    batch.release();
    taken += 1;
    if (taken === 5) {
      assert.deepEqual(seen.sort(), ['immediate', 'message', 'timer']);
    }
    busy(2);
  }
  assert.equal(taken, 8);
});
