/** Photos damaged inside the part that is used: refused exactly where an oracle that reads every code finds a fault. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryFolder } from '../support/folders.js';
import { loaderFor, plainPixels, sharpPicture } from '../support/pictures.js';
import { faultOf, type Rows } from './scan-walker.js';

const photos = path.join(
  ...[import.meta.dirname, '..', '..', '..', 'shared', 'data', 'clothing', 'validation'],
);
const skip = existsSync(photos) ? false : `${photos} is not here`;

const [resize, crop] = [256, 224];
const bytes = 4096;

/** Numbers below `limit`, always the same. */
function drawnBytes(count: number, limit: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  });
}

/** Each changes a file from its middle on. Random bytes have no FF, which would be a marker. */
const damages: Record<string, (file: Buffer, at: number, other: Buffer, seed: number) => Buffer> = {
  sound: (file) => file,
  random: (file, at, _, seed) => overwritten(file, at, drawnBytes(bytes, 255, seed)),
  zeros: (file, at) => overwritten(file, at, new Uint8Array(bytes)),
  few: (file, at, _, seed) => overwritten(file, at, drawnBytes(16, 255, seed)),
  removed: (file, at) => Buffer.concat([file.subarray(0, at), file.subarray(at + bytes)]),
  foreign: (file, at, other) => {
    const from = Math.floor(other.length / 2);
    return overwritten(file, at, other.subarray(from, from + bytes));
  },
};

function overwritten(file: Buffer, at: number, by: Uint8Array): Buffer {
  return Buffer.concat([file.subarray(0, at), by, file.subarray(at + by.length)]);
}

/** The pixels that the centre crop needs: its window, the filter's reach and two for chroma. */
function usedRows(width: number, height: number): Rows {
  const pixel = Math.min(width, height) / resize;
  const reach = (crop * pixel) / 2 + Math.max(pixel, 1);
  const axis = (side: number) =>
    [Math.floor(side / 2 - reach) - 2, Math.ceil(side / 2 + reach) + 2].map((end) =>
      Math.min(Math.max(end, 0), side),
    ) as [number, number];
  const [[left, right], [top, bottom]] = [axis(width), axis(height)];
  return { left, top, right, bottom };
}

/** Writes each file sound and damaged five ways; names and what the oracle finds. */
async function writeDamaged(folder: string, files: Buffer[]) {
  const all: { path: string; kind: string; fault: string | undefined }[] = [];
  for (const [index, file] of files.entries()) {
    const other = files[(index + 1) % files.length] as Buffer;
    const at = Math.floor(file.length / 2);
    for (const [kind, damage] of Object.entries(damages)) {
      const damaged = damage(file, at, other, index + 1);
      const name = path.join(folder, `${index}-${kind}.jpg`);
      await writeFile(name, damaged);
      all.push({ path: name, kind, fault: faultOf(damaged, usedRows) });
    }
  }
  return all;
}

/** Loads all twice, since the second epoch knows where rows begin; the failures. */
async function refusals(t: TestContext, files: { path: string }[], threads: number) {
  const loader = loaderFor(t, {
    samples: files.map((file) => ({ path: file.path, label: 0 })),
    preprocessing: plainPixels(resize, crop),
    batchSize: 16,
    damaged: 'mark',
    failureBudget: Number.POSITIVE_INFINITY,
    threads,
  });
  const refused = [0, 0];
  for (const epoch of [0, 1]) {
    for await (const batch of loader.epoch(epoch)) {
      refused[epoch] = (refused[epoch] ?? 0) + batch.indices.filter((index) => index < 0).length;
      batch.release();
    }
  }
  assert.deepEqual(refused, [loader.failures.length, loader.failures.length]);
  return loader.failures;
}

async function compare(t: TestContext, files: Buffer[]) {
  const all = await writeDamaged(temporaryFolder(t), files);
  const failures = await refusals(t, all, 1);
  assert.deepEqual(await refusals(t, all, 3), failures, 'the reasons do not depend on threads');
  const reasons = new Map(failures.map((failure) => [failure.path, failure.reason]));
  const counts: Record<string, number> = {};
  for (const { path: file, kind, fault } of all) {
    const reason = reasons.get(file);
    assert.equal(reason !== undefined, fault !== undefined, `${file}: ${fault}, but ${reason}`);
    assert.equal(reason?.startsWith('damaged JPEG: ') ?? true, true, reason);
    counts[kind] = (counts[kind] ?? 0) + (reason === undefined ? 0 : 1);
  }
  t.diagnostic(`${files.length} photos, refused: ${JSON.stringify(counts)}`);
  assert.equal(counts.sound, 0);
  assert.equal(counts.random, files.length);
}

test('when drawn photos are damaged in the crop, then those with invalid codes are refused, always with the same reason', async (t) => {
  const files = await Promise.all(
    Array.from({ length: 4 }, async (_, variant) => {
      const photo = sharpPicture(533, 400, variant);
      return photo
        .jpeg({ quality: 97, chromaSubsampling: variant % 2 ? '4:4:4' : '4:2:0' })
        .toBuffer();
    }),
  );
  await compare(t, files);
});

test('when photos are damaged in the crop, then those with invalid codes are refused, always with the same reason', {
  skip,
}, async (t) => {
  const every = process.env.BOBBIN_FAULTS === 'all' ? 1 : 20;
  const names = readdirSync(photos, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.jpg')).sort();
  await compare(
    t,
    files
      .filter((_, index) => index % every === 0)
      .map((name) => readFileSync(path.join(photos, name))),
  );
});
