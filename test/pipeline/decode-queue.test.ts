/** The queue of images that are not JPEG files: what still waits when the loader is closed is not decoded. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { DecodeQueue } from '../../src/pipeline/decode/decode-queue.js';
import { temporaryFolder } from '../support/folders.js';

test('when the queue is closed, then images that wait for memory are not decoded', async (t) => {
  const file = path.join(temporaryFolder(t), 'large.png');
  // Two of them do not fit into the memory at once.
  const create = { width: 6000, height: 5000, channels: 3, background: '#000000' } as const;
  await sharp({ create }).png({ compressionLevel: 1 }).toFile(file);
  const count = 6;
  let supplied = () => {};
  const first = new Promise<void>((resolve) => {
    supplied = resolve;
  });
  const fail = (_: number, reason: string) => assert.fail(reason);
  const samples = Array.from({ length: count }, () => ({ path: file, label: 0 }));
  const queue = new DecodeQueue({ supply: supplied, supplyFailure: fail }, samples, count);
  queue.add(samples.map((_, sample) => ({ ticket: sample, sample })));
  await first;
  queue.close();
  const { otherFormats } = queue.work;
  // As much work as waited: it would be done by then.
  for (let image = 0; image < count; image++) {
    await sharp(file).stats();
  }
  assert.ok(queue.work.otherFormats <= otherFormats + 1, `${queue.work.otherFormats} decoded`);
});
