/**
 * Images that ask for much work: each is loaded within bounds of time and memory, or refused. They are about as large as they
 * may be. CI tries a few of them; `BOBBIN_FAULTS=all` tries all.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { temporaryFolder } from '../support/folders.js';
import { programOf } from '../support/run-bobbin.js';
import { tryAll } from './shim.js';

/** CPU time of an image. It takes 2 s of a core of its own, and up to twice as long where the core has other work, too. */
const mostSeconds = 4;
/** Memory beside the file itself. */
const mostBytes = 300 * 2 ** 20;

const folder = temporaryFolder();
const at = (name: string) => path.join(folder, name);

before(() => plain(16, 16).png().toFile(at('first.png')));

function plain(width: number, height: number, channels: 3 | 4 = 3) {
  return sharp({ create: { width, height, channels, background: '#804020' } });
}

/** The same numbers each time, which cannot be compressed. */
function noise(width: number, height: number) {
  const values = new Uint8Array(width * height * 3);
  let state = 1;
  for (let index = 0; index < values.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[index] = state >>> 24;
  }
  return sharp(values, { raw: { width, height, channels: 3 } });
}

/** A PNG with 40 chunks of compressed text, together 280 MB; their checksums are not compared. */
async function textPng(): Promise<Buffer> {
  const picture = await plain(64, 64).png().toBuffer();
  const text = deflateSync(Buffer.alloc(7_000_000, 'A'));
  const chunk = Buffer.concat([Buffer.from('\0\0\0\0zTXtTitle\0\0'), text, Buffer.alloc(4)]);
  chunk.writeUInt32BE(chunk.length - 12);
  const headEnd = 33;
  return Buffer.concat([
    picture.subarray(0, headEnd),
    ...Array(40).fill(chunk),
    picture.subarray(headEnd),
  ]);
}

/** A BMP of 48 million pixels in runs. */
async function runsBmp(): Promise<Buffer> {
  const head = Buffer.alloc(54 + 1024);
  head.write('BM');
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(8000, 18);
  head.writeInt32LE(6000, 22);
  head.writeUInt16LE(8, 28);
  head.writeUInt32LE(1, 30);
  const row = Buffer.alloc(66, Buffer.from([250, 5])).fill(0, 64);
  return Buffer.concat([head, ...Array(6000).fill(row)]);
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>';

/** Name, whether CI tries it, content, and the reason if it is refused. */
const images: [name: string, inCi: boolean, make: () => Promise<Buffer>, reason?: RegExp][] = [
  ['plain.avif', true, () => plain(4096, 3072).avif({ effort: 0 }).toBuffer()],
  ['noise.avif', false, () => noise(4096, 3072).avif({ effort: 0, quality: 50 }).toBuffer()],
  ['large.avif', false, () => plain(4200, 3072).avif({ effort: 0 }).toBuffer(), /12582912 allowed/],
  [
    'long.avif',
    false,
    () => noise(4000, 3000).avif({ effort: 0, quality: 70 }).toBuffer(),
    /has \d+ bytes/,
  ],
  ['plain.png', true, () => plain(8000, 6000).png({ compressionLevel: 1 }).toBuffer()],
  [
    'interlaced.png',
    false,
    () => plain(4500, 4500, 4).toColourspace('rgb16').png({ progressive: true }).toBuffer(),
  ],
  ['text.png', true, textPng],
  ['plain.webp', false, () => plain(5100, 5100).webp({ effort: 0 }).toBuffer()],
  ['noise.webp', false, () => noise(5100, 5100).webp({ effort: 0, quality: 60 }).toBuffer()],
  [
    'large.webp',
    false,
    () => plain(16383, 5000).webp({ effort: 0 }).toBuffer(),
    /26181818 allowed/,
  ],
  ['plain.gif', false, () => plain(5100, 5100).gif({ effort: 1 }).toBuffer()],
  ['plain.tif', false, () => plain(8000, 6000).tiff({ compression: 'lzw' }).toBuffer()],
  ['noise.tif', false, () => noise(6400, 6400).tiff({ compression: 'jpeg' }).toBuffer()],
  ['runs.bmp', true, runsBmp],
  [
    'text.ppm',
    false,
    async () => Buffer.concat([Buffer.from('P3 5500 4000 255\n'), Buffer.alloc(132e6, '1 ')]),
  ],
  ['drawing.jpg', false, async () => Buffer.from(svg), /an SVG drawing/],
];

for (const [name, inCi, make, wanted] of images) {
  const end = wanted ? 'refused' : 'loaded';
  test(`when an image is ${name}, then it is ${end} within 2 s of a core and 300 MB`, {
    skip: !inCi && !tryAll && 'npm run test:faults tries it',
  }, async (t) => {
    const content = await make();
    writeFileSync(at(name), content);
    const words = [...programOf('test/faults/load-image.ts'), at('first.png'), at(name)];
    const output = execFileSync(process.execPath, words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const { reason = '', seconds, grewBytes } = JSON.parse(output);
    t.diagnostic(
      `${seconds.toFixed(1)} s, ${Math.round(grewBytes / 1e6)} MB, ${content.length} bytes`,
    );
    assert.match(reason, wanted ?? /^$/);
    assert.ok(seconds < mostSeconds, `${seconds} s`);
    // The thread that finds another format than JPEG has read the file, too.
    assert.ok(grewBytes < mostBytes + 2 * content.length, `${grewBytes} bytes`);
  });
}
