/** Unusual and damaged JPEGs: decoded like Pillow within a stated tolerance, or refused by name. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { difference, loaderFor, plainPixels } from '../support/pictures.js';

const root = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'jpeg-odd');
const skip = existsSync(root) ? false : `${root} is not here`;

interface Reference {
  size?: [number, number];
  thumbnail?: string;
  refused?: string;
}
const references: Record<string, Reference> = JSON.parse(
  readFileSync(
    path.join(import.meta.dirname, '..', 'fixtures', 'pipeline', 'jpeg-odd.json'),
    'utf8',
  ),
);

/** Files with corrupt coded data, which Pillow still shows and Bobbin refuses. */
const corrupt = new Map([['reference/partial_progressive.jpg', 'premature end of data segment']]);

const side = 16;

/** Thumbnails by the loader; null for refused files, with the reason. */
async function thumbnails(t: Parameters<typeof loaderFor>[0], names: string[]) {
  const samples = names.map((name, label) => ({ path: path.join(root, name), label }));
  const loader = loaderFor(t, {
    samples,
    preprocessing: plainPixels(side, side),
    batchSize: 8,
    damaged: 'mark',
    failureBudget: Number.POSITIVE_INFINITY,
  });
  const pixels = new Map<string, Float32Array>();
  for await (const batch of loader.epoch(0)) {
    const all = batch.pixels();
    batch.release();
    batch.indices.forEach((index, row) => {
      const values = side * side * 3;
      if (index >= 0) {
        pixels.set(names[index] as string, all.slice(row * values, (row + 1) * values));
      }
    });
  }
  const reasons = new Map(
    loader.failures.map(({ path: file, reason }) => [path.relative(root, file), reason]),
  );
  return { pixels, reasons };
}

/**
 * Pillow rounds to whole levels twice, hence 1.3, and rounds upsampled chroma to half a level, which is 0.9 of blue;
 * Bobbin does neither. The decoder halves an image that is reduced by 8 or more, with a different filter: 2 levels on
 * average, 9 in a pixel.
 */
function tolerance([width, height]: [number, number]) {
  return Math.min(width, height) / side < 8 ? { largest: 2.2, mean: 0.5 } : { largest: 9, mean: 2 };
}

test('when JPEGs are unusual but valid, then they equal Pillow’s', { skip }, async (t) => {
  const names = Object.keys(references).filter((name) => !name.startsWith('crash/'));
  const { pixels, reasons } = await thumbnails(t, names);
  for (const name of names) {
    const { refused, size, thumbnail } = references[name] as Reference;
    const actual = pixels.get(name);
    if (refused !== undefined || corrupt.has(name)) {
      assert.equal(actual, undefined, `${name} was decoded`);
      assert.ok(
        reasons.get(name)?.includes(corrupt.get(name) ?? ''),
        `${name}: ${reasons.get(name)}`,
      );
      continue;
    }
    assert.ok(actual && size, `${name} was refused: ${reasons.get(name)}`);
    const { largest, mean } = difference(actual, Buffer.from(thumbnail as string, 'base64'));
    const limit = tolerance(size);
    assert.ok(
      largest < limit.largest && mean < limit.mean,
      `${name}: ${largest} at most, ${mean} on average`,
    );
  }
  t.diagnostic(`${pixels.size} decoded, ${reasons.size} refused of ${names.length}`);
});

test('when JPEGs are damaged, then each is decoded or refused with a reason, without a crash', {
  skip,
}, async (t) => {
  const names = Object.keys(references).filter((name) => name.startsWith('crash/'));
  const { pixels, reasons } = await thumbnails(t, names);
  for (const name of names) {
    const { size, thumbnail } = references[name] as Reference;
    const actual = pixels.get(name);
    if (!actual) {
      assert.ok(reasons.get(name), `${name} is missing without a reason`);
    } else if (size) {
      const { largest, mean } = difference(actual, Buffer.from(thumbnail as string, 'base64'));
      const limit = tolerance(size);
      assert.ok(
        largest < limit.largest && mean < limit.mean,
        `${name}: ${largest} at most, ${mean} on average`,
      );
    }
  }
  t.diagnostic(`${pixels.size} decoded, ${reasons.size} refused of ${names.length}`);
});
