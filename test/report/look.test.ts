/** The look of charts: colours that everybody tells apart, and text that fits its room. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { fitted, textWidth } from '../../src/report/charts/text-width.js';
import { colours } from '../../src/report/charts/theme.js';
import { paint } from '../../src/report/paint.js';
import { temporaryFolder } from '../support/folders.js';

// From then on the font of charts is there for all that is drawn.
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';
await paint(svg, path.join(temporaryFolder(), 'first.png'));

test('when a name is wider than its room, then its middle is left out, by the width that it really has', async () => {
  const name = 'MMMM wide iiii narrow 帽子 and long enough to be cut somewhere';
  const cut = fitted(name, 200);
  assert.match(cut, /^MMM.*….*where$/);
  for (const each of [cut, 'The quick brown fox', '0.843 (0.819–0.866)', 'coat_length_labels']) {
    const text = { text: each.replace('帽子', ''), font: 'Open Sans 12', dpi: 72 };
    const { info } = await sharp({ text }).png().toBuffer({ resolveWithObject: true });
    const estimate = textWidth(text.text);
    assert.ok(
      estimate > 0.97 * info.width && estimate < 1.25 * info.width,
      `${each}: ${estimate} for ${info.width}`,
    );
  }
});

/** Linear light of red, green and blue, 0…1 (IEC 61966-2-1). */
const linear = (colour: string): number[] =>
  [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });

const product = (matrix: number[][], vector: number[]): number[] =>
  matrix.map((row) => row.reduce((sum, value, at) => sum + value * (vector[at] as number), 0));

const sees: Record<string, number[][]> = {
  everybody: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  // Machado, Oliveira and Fernandes 2009, severity 1.
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE L*a*b* under D65. */
function lab(light: number[]): number[] {
  const xyz = product(
    [
      [0.4124, 0.3576, 0.1805],
      [0.2126, 0.7152, 0.0722],
      [0.0193, 0.1192, 0.9505],
    ],
    light.map((value) => Math.min(1, Math.max(0, value))),
  );
  const [x = 0, y = 0, z = 0] = xyz.map((value, at) => {
    const share = value / ([0.9505, 1, 1.089][at] as number);
    return share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

test('when colours are seen by who is colour-blind, then no two series look alike, and letters stand out from either paper', () => {
  for (const paper of [0, 1]) {
    const brightness = (colour: string) =>
      product([[0.2126, 0.7152, 0.0722]], linear(colour))[0] as number;
    for (const [name, both] of Object.entries(colours)) {
      const pair = [both[paper] as string, colours.paper[paper] as string].map(brightness);
      const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
      assert.ok(contrast >= 4.5 || name === 'paper' || name === 'grid', `${name}: ${contrast}`);
    }
    const { first, second, third, fourth, fifth, sixth } = colours;
    const series = [first, second, third, fourth, fifth, sixth].map(
      (both) => both[paper] as string,
    );
    for (const [who, matrix] of Object.entries(sees)) {
      const seen = series.map((colour) => lab(product(matrix, linear(colour))));
      for (const [index, one] of seen.entries()) {
        for (const other of seen.slice(index + 1)) {
          const distance = Math.hypot(...one.map((value, at) => value - (other[at] as number)));
          assert.ok(distance > 20, `${who}: ${series[index]} is ${distance} from another`);
        }
      }
    }
  }
});
