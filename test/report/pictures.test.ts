/** The report's pictures: read back with sharp, their pixels compared with the input numbers. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { ClassScore } from '../../src/evaluation/index.js';
import { escapeMarkup } from '../../src/html.js';
import { evaluationAugmentation } from '../../src/pipeline/index.js';
import {
  drawAugmentations,
  drawConfusion,
  drawCurves,
  drawMistakes,
} from '../../src/report/index.js';
import { asOutlines, paint } from '../../src/report/paint.js';
import { temporaryFolder } from '../support/folders.js';
import { compiled, loader } from '../support/run-bobbin.js';

const folder = temporaryFolder();

type Pixel = [number, number, number];

/** The picture's red, green and blue bytes. */
const pixels = (file: string): Promise<Buffer> => sharp(file).removeAlpha().raw().toBuffer();

/** The number of pixels that have exactly this colour. */
function count(found: Buffer, [red, green, blue]: Pixel): number {
  let number = 0;
  for (let at = 0; at < found.length; at += 3) {
    const isSame = found[at] === red && found[at + 1] === green && found[at + 2] === blue;
    number += isSame ? 1 : 0;
  }
  return number;
}

/** The most pixels of this colour that follow each other. */
function longestRun(found: Buffer, colour: Pixel): number {
  let [run, longest] = [0, 0];
  for (let at = 0; at < found.length; at += 3) {
    run = count(found.subarray(at, at + 3), colour) === 1 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

test('when a run has two epochs, then curves.png shows both lines and no unfinished file remains', async () => {
  const file = path.join(folder, 'curves', 'curves.png');
  const history = [
    { epoch: 1, loss: 2, accuracy: 0.3, validationLoss: 1.9, validationAccuracy: 0.35 },
    { epoch: 2, loss: 1, accuracy: 0.6, validationLoss: 1.2, validationAccuracy: 0.55 },
  ];
  await drawCurves(history, file, 'a <task> & "more"');
  const found = await pixels(file);
  assert.ok(count(found, [0x1f, 0x6f, 0xb5]) > 1000, 'the training line is drawn');
  assert.ok(count(found, [0xc0, 0x56, 0x0b]) > 1000, 'the validation line is drawn');
  assert.deepEqual(await readdir(path.dirname(file)), ['curves.png']);
});

test('when the machine has no font, then a picture has the same letters all the same', async () => {
  const [configuration = '', file = '', alone = ''] = ['fonts.conf', 'with.png', 'without.png'].map(
    (name) => path.join(folder, name),
  );
  await writeFile(configuration, '<fontconfig></fontconfig>');
  const words = '<text y="20">Letters</text><text y="44" font-weight="600">of Open Sans</text>';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="140" height="60" font-family="'Open Sans', sans-serif">${words}</svg>`;
  await paint(svg, file);
  const module = JSON.stringify(compiled('src/report/paint.ts'));
  const [document, out] = [svg, alone].map((each) => JSON.stringify(each));
  const program = `import(${module}).then(({ paint }) => paint(${document}, ${out}))`;
  const env = { ...process.env, FONTCONFIG_FILE: configuration };
  await promisify(execFile)(process.execPath, [...loader, '-e', program], { env });
  const inks = await Promise.all(
    [file, alone].map((name) => sharp(name).extractChannel('alpha').raw().toBuffer()),
  );
  const [inked, other] = inks.map((ink) => [...ink].map((value) => value > 127)) as [
    boolean[],
    boolean[],
  ];
  const black = inked.filter(Boolean).length;
  const different = inked.filter((value, at) => value !== other[at]).length;
  assert.ok(black > 1000 && different < black / 50, `${different} of ${black} pixels differ`);
});

test('when there is no validation, then its line is left out', async () => {
  const file = path.join(folder, 'alone.png');
  await drawCurves([{ epoch: 1, loss: 2, accuracy: 0.3 }], file);
  assert.equal(count(await pixels(file), [0xc0, 0x56, 0x0b]), 0);
});

const classScore = (name: string, images: number, right: number): ClassScore => ({
  name,
  images,
  predicted: right,
  right,
  recall: images === 0 ? undefined : right / images,
});

test('when every answer of a row is right, then its diagonal cell has the full colour and the others none', async () => {
  const file = path.join(folder, 'confusion.png');
  const classScores = [classScore('a&b', 4, 4), classScore('<c>', 0, 0)];
  await drawConfusion({ title: 't', classScores, confused: [] }, file);
  const full = count(await pixels(file), [0x1f, 0x6f, 0xb5]);
  // 104 × 104 device pixels without the digit and the border: one cell, not two.
  assert.ok(full > 9000 && full < 104 * 104, `one full cell, counted ${full} pixels`);
});

test('when there are 21 841 classes, then the 30 pairs most confused are drawn, at once and no larger than a screen', async () => {
  const classScores = Array.from({ length: 21_841 }, (_, label) => classScore(`c${label}`, 50, 40));
  const confused = Array.from({ length: 20_000 }, (_, pair) => {
    return { truth: `c${pair}`, prediction: `c${pair + 1}`, images: pair === 0 ? 10 : 5 };
  });
  const file = path.join(folder, 'pairs.png');
  const start = performance.now();
  await drawConfusion({ title: 't', classScores, confused }, file);
  assert.ok(performance.now() - start < 10_000);
  const { width, height } = await sharp(file).metadata();
  assert.ok(width < 2400 && height < 2400, `${width} × ${height} pixels`);
  // The longest bar is as wide as the plot; 29 are half as long.
  const found = await pixels(file);
  const bars = count(found, [0xb4, 0x23, 0x18]);
  const longest = longestRun(found, [0xb4, 0x23, 0x18]);
  assert.ok(longest > width / 3, `${longest} of ${width} pixels`);
  assert.ok(Math.abs(bars / (longest * 34 * (1 + 29 / 2)) - 1) < 0.04, `${bars} pixels of bars`);
});

test('when pixels are stored BGR and normalised, then the sheet shows the colours of the image', async () => {
  const [red, green, blue]: Pixel = [200, 90, 30];
  const image = path.join(folder, 'flat.png');
  const background = { r: red, g: green, b: blue };
  await sharp({ create: { width: 9, height: 9, channels: 3, background } })
    .png()
    .toFile(image);
  const mean: Pixel = [104, 117, 124];
  const std: Pixel = [2, 4, 8];
  const preprocessing = { resize: 8, crop: 8, mean, std, channels: 'bgr' as const };
  const images = [{ path: image, caption: 'c' }];
  const augmentation = evaluationAugmentation;
  const file = path.join(folder, 'augmentation.png');
  const sheet = { title: 't', images, epochs: 2, preprocessing, augmentation };
  assert.deepEqual(await drawAugmentations(sheet, file), { views: 2, failures: [] });
  // The original and its two views.
  assert.equal(count(await pixels(file), [red, green, blue]), 3 * 360 * 360);
});

test('when a mistake cannot be shown, then its tile is grey with its caption', async () => {
  const shown = path.join(folder, 'green.png');
  await sharp({ create: { width: 9, height: 9, channels: 3, background: '#00ff00' } })
    .png()
    .toFile(shown);
  const caption = { path: 'p', truth: 'a', prediction: '<b>', probability: 0.75 };
  const file = path.join(folder, 'sheet.png');
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

test('when photos are drawn as a JPEG, then the sheet of 24 mistakes is less than half of a PNG', async () => {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 20 };
  const image = path.join(folder, 'noise.png');
  const create = { width: 64, height: 64, channels: 3 as const, noise, background: '#000' };
  await sharp({ create }).png().toFile(image);
  const mistake = { file: image, path: 'p', truth: 'a', prediction: 'b', probability: 0.5 };
  const mistakes = Array.from({ length: 24 }, () => mistake);
  const sizes = [];
  for (const name of ['mistakes.jpg', 'mistakes.png']) {
    await drawMistakes('t', mistakes, path.join(folder, name));
    sizes.push((await stat(path.join(folder, name))).size);
  }
  const [jpeg = 0, png = 0] = sizes;
  assert.ok(jpeg * 2 < png, `${jpeg} and ${png} bytes`);
});

test('when text has characters reserved in XML, then they are escaped', () => {
  assert.equal(escapeMarkup(`<a href="x">&'\u0007`), '&lt;a href=&quot;x&quot;&gt;&amp;&#39; ');
});

test('when text has emoji, then they are asked for as outlines, which librsvg can draw', () => {
  assert.equal(asOutlines('a 👕 ❤\ufe0f 帽'), 'a 👕\ufe0e ❤ 帽');
});
