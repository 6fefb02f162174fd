/** The report's pictures: read back with sharp, their pixels compared with the input numbers. */
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { escapeXml, shorten } from '../../src/report/drawing.js';
import {
  drawAugmentations,
  drawConfusion,
  drawCurves,
  drawMistakes,
} from '../../src/report/index.js';
import { temporaryFolder } from '../support/folders.js';

const folder = temporaryFolder();

type Pixel = [number, number, number];

async function pixels(file: string): Promise<Pixel[]> {
  const { data } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return Array.from({ length: data.length / 3 }, (_, index) => {
    return [...data.subarray(index * 3, index * 3 + 3)] as Pixel;
  });
}

const count = (found: Pixel[], [r, g, b]: Pixel) =>
  found.filter((pixel) => pixel[0] === r && pixel[1] === g && pixel[2] === b).length;

test('when a run has two epochs, then curves.png shows both lines and no unfinished file remains', async () => {
  const file = path.join(folder, 'curves', 'curves.png');
  const history = [
    { epoch: 1, loss: 2, accuracy: 0.3, validationLoss: 1.9, validationAccuracy: 0.35 },
    { epoch: 2, loss: 1, accuracy: 0.6, validationLoss: 1.2, validationAccuracy: 0.55 },
  ];
  await drawCurves(history, file, 'a <task> & "more"');
  const found = await pixels(file);
  assert.ok(count(found, [0x1f, 0x6f, 0xb5]) > 1000, 'the training line is drawn');
  assert.ok(count(found, [0xd9, 0x71, 0x1c]) > 1000, 'the validation line is drawn');
  assert.deepEqual(await readdir(path.dirname(file)), ['curves.png']);
});

test('when there is no validation, then its line is left out', async () => {
  const file = path.join(folder, 'alone.png');
  await drawCurves([{ epoch: 1, loss: 2, accuracy: 0.3 }], file);
  assert.equal(count(await pixels(file), [0xd9, 0x71, 0x1c]), 0);
});

test('when every answer of a row is right, then its diagonal cell has the full colour and the others none', async () => {
  const file = path.join(folder, 'confusion.png');
  const counts = [
    [4, 0],
    [0, 0],
  ];
  await drawConfusion({ title: 't', classes: ['a&b', '<c>'], counts }, file);
  const full = count(await pixels(file), [0x1f, 0x6f, 0xb5]);
  // 104 × 104 device pixels without the digit and the border: one cell, not two.
  assert.ok(full > 9000 && full < 104 * 104, `one full cell, counted ${full} pixels`);
});

test('when pixels are stored BGR and normalised, then the sheet shows the colours of the image', async () => {
  const mean: Pixel = [104, 117, 124];
  const std: Pixel = [2, 3, 4];
  const [red, green, blue] = [200, 90, 30];
  const crop = 8;
  const bgr = [blue, green, red].map((value, c) => (value - (mean[c] ?? 0)) / (std[c] ?? 1));
  const image = Float32Array.from({ length: 2 * crop * crop * 3 }, (_, i) => bgr[i % 3] ?? 0);
  const file = path.join(folder, 'augmentation.png');
  const preprocessing = { resize: 8, crop, mean, std, channels: 'bgr' as const };
  await drawAugmentations({ title: 't', pixels: image, variants: 2, preprocessing }, file);
  assert.equal(count(await pixels(file), [red, green, blue]), 2 * 360 * 360);
});

test('when a mistake cannot be shown, then its tile is grey with its caption', async () => {
  const shown = path.join(folder, 'green.png');
  await sharp({ create: { width: 9, height: 9, channels: 3, background: '#00ff00' } })
    .png()
    .toFile(shown);
  const caption = { path: 'p', truth: 'a', prediction: '<b>', probability: 0.75 };
  const file = path.join(folder, 'mistakes.png');
  const shard = path.join(folder, 'shard');
  const blue = sharp({ create: { width: 9, height: 9, channels: 3, background: '#0000ff' } });
  const part = await blue.png().toBuffer();
  await writeFile(shard, Buffer.concat([Buffer.alloc(512), part]));
  const range = { offset: 512, length: part.length };
  const beyond = { offset: 512, length: part.length + 1 };
  const mistakes = [
    { file: shown },
    { file: path.join(folder, 'absent.jpg') },
    { file: shard, range },
    { file: shard, range: beyond },
  ];
  await drawMistakes(
    't',
    mistakes.map((each) => ({ ...each, ...caption })),
    file,
  );
  const found = await pixels(file);
  assert.equal(count(found, [0, 255, 0]), 360 * 360);
  assert.equal(count(found, [0, 0, 255]), 360 * 360);
  assert.ok(count(found, [0x98, 0xa2, 0xb3]) >= 2 * 360 * 360);
});

test('when text has characters reserved in XML, then they are escaped; when it is long, then its ends remain', () => {
  assert.equal(escapeXml(`<a href="x">&'\u0007`), '&lt;a href=&quot;x&quot;&gt;&amp;&apos; ');
  assert.equal(shorten('abcdefghij', 5), 'ab…ij');
  assert.equal(shorten('abc', 5), 'abc');
});
