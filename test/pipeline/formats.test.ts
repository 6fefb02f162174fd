/** Images that are not JPEG: the numbers that they store, and what is refused, in words that never change. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { MemoryBudget } from '../../src/pipeline/decode/memory-budget.js';
import { crc32 } from '../support/crc32.js';
import { temporaryFolder } from '../support/folders.js';
import { difference, loaderFor, plainPixels, render, sharpPicture } from '../support/pictures.js';
import { programOf } from '../support/run-bobbin.js';

const fixtures = path.join(import.meta.dirname, '..', 'fixtures');
const colours: Record<string, string> = JSON.parse(
  readFileSync(path.join(fixtures, 'colours.json'), 'utf8'),
);
const colourFile = (name: string) => path.join(fixtures, 'colours', name);

/** The reason for which each file is refused; undefined where it is decoded. */
async function reasons(t: TestContext, files: readonly string[]) {
  const loader = loaderFor(t, {
    samples: files.map((file) => ({ path: file, label: 0 })),
    preprocessing: plainPixels(8, 8),
    batchSize: files.length,
    damaged: 'mark',
    failureBudget: files.length,
    threads: 4,
  });
  for await (const batch of loader.epoch(0)) {
    batch.release();
  }
  const found = new Map(loader.failures.map(({ path: file, reason }) => [file, reason]));
  return Object.fromEntries(files.map((file) => [path.basename(file), found.get(file)]));
}

/** Writes files, and gives the reason of each. */
function reasonsOf(t: TestContext, contents: Record<string, Buffer | string>) {
  const folder = temporaryFolder(t);
  const files = Object.entries(contents).map(([name, content]) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  });
  return reasons(t, files);
}

/** A chunk of a PNG. */
function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([around.subarray(0, 4), named, around.subarray(4)]);
}

/** A PNG in grey with one bit or eight a pixel, all of it black; a large one is cut short. */
function blackPng(width: number, height: number, bits: number, ...extra: Buffer[]): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = bits;
  const data = deflateSync(
    Buffer.alloc(Math.min((Math.ceil((width * bits) / 8) + 1) * height, 1e6)),
  );
  const chunks = [chunk('IHDR', head), ...extra, chunk('IDAT', data), chunk('IEND', Buffer.of())];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]);
}

/** A TIFF in grey with 16 × 16 pixels; `tags` replaces entries, `next` is the offset of the next page. */
function greyTiff(tags: Record<number, number> = {}, next = 0): Buffer {
  const usual = { 256: 16, 257: 16, 258: 8, 259: 1, 262: 1, 273: 512, 277: 1, 278: 16, 279: 256 };
  const entries = Object.entries({ ...usual, ...tags });
  const file = Buffer.alloc(1024);
  file.write('II*\0\x08\0\0\0', 'latin1');
  file.writeUInt16LE(entries.length, 8);
  for (const [index, [tag, value]] of entries.entries()) {
    const at = 10 + 12 * index;
    file.writeUInt16LE(Number(tag), at);
    file.writeUInt16LE(4, at + 2);
    file.writeUInt32LE(1, at + 4);
    file.writeUInt32LE(value, at + 8);
  }
  file.writeUInt32LE(next, 10 + 12 * entries.length);
  return file;
}

test('when a file has a profile, gamma, inks, grey or 16 bits, then the stored numbers are read as Pillow reads them', async (t) => {
  assert.deepEqual(
    Object.keys(colours).sort(),
    readdirSync(path.join(fixtures, 'colours'))
      .filter((name) => !/lab|float/.test(name))
      .sort(),
  );
  for (const [name, encoded] of Object.entries(colours)) {
    const wanted = Buffer.from(encoded, 'base64');
    const { largest } = difference(await render(t, colourFile(name), plainPixels(8, 8)), wanted);
    // Luma and chroma are rounded.
    assert.ok(largest < (/jpg|avif/.test(name) ? 2.1 : 1.1), `${name}: ${largest}`);
  }
});

test('when the numbers of a TIFF are no RGB, then it is refused as Pillow does', async (t) => {
  assert.deepEqual(await reasons(t, [colourFile('lab.tif'), colourFile('float.tif')]), {
    'lab.tif': 'stores colours that are not RGB: convert it to an RGB image',
    'float.tif':
      'stores numbers that are not whole or have more than 16 bits: convert it to 8-bit RGB',
  });
});

test('when a file is no image that Bobbin reads, then the reason says what it is', async (t) => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>';
  const unread = (what: string) =>
    `is ${what}, which Bobbin does not read: convert it to PNG or JPEG`;
  const cases: Record<string, [content: Buffer | string, reason: string]> = {
    'none.jpg': ['', 'file is empty'],
    'page.jpg': ['\ufeff<!DOCTYPE html>\n<title>404</title>', 'is HTML, not an image'],
    'note.jpg': ['Not found', 'is text, not an image'],
    'pointer.jpg': [
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      'is a Git LFS pointer: fetch the file itself with `git lfs pull`',
    ],
    'drawing.png': [svg, unread('an SVG drawing')],
    'xml.jpg': [
      `<?xml version="1.0"?>\n<!-- ${'x'.repeat(500)} -->${svg}`,
      unread('an SVG drawing'),
    ],
    'wide.jpg': [Buffer.from(`\ufeff${svg}`, 'utf16le'), unread('an SVG drawing')],
    'packed.png': [gzipSync(svg), 'is a gzip archive, not an image'],
    'vips.png': [Buffer.from('08f2a6b600000000', 'hex'), unread('a libvips image')],
    'map.jpg': ['P7\nWIDTH 8\n', unread('a PAM or PFM image')],
    'layers.jpg': ['8BPS\0\x01', unread('a Photoshop document')],
    'phone.jpg': ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', unread('a HEIC image')],
    'film.jpg': ['\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'is a video, not an image'],
    'archive.jpg': ['PK\x03\x04\0\0', 'is a zip archive, not an image'],
    'hole.jpg': [Buffer.alloc(5000), 'is only zeros, not an image'],
    'noise.jpg': [Buffer.from('fe01029c', 'hex'), 'is data of an unknown format, not an image'],
  };
  const contents = Object.entries(cases).map(([name, [content]]) => [name, content]);
  const wanted = Object.entries(cases).map(([name, [, reason]]) => [name, reason]);
  assert.deepEqual(await reasonsOf(t, Object.fromEntries(contents)), Object.fromEntries(wanted));
});

test('when a file is cut off, then the reason says so wherever it was cut', async (t) => {
  const picture = () => sharpPicture(90, 70);
  const files = {
    png: await picture().png().toBuffer(),
    webp: await picture().webp().toBuffer(),
    gif: await picture().gif().toBuffer(),
    tif: await picture().tiff({ compression: 'lzw' }).toBuffer(),
    avif: await picture().avif().toBuffer(),
  };
  for (const [format, whole] of Object.entries(files)) {
    for (const length of [30, 200, whole.length >> 1, whole.length - 9]) {
      const found = await reasonsOf(t, { cut: whole.subarray(0, length) });
      assert.deepEqual(
        found,
        { cut: 'is cut off: it ends before its image does' },
        `${format} ${length}`,
      );
    }
  }
});

test('when many damaged files are decoded at once, then each has the same reason in every run', async (t) => {
  const contents: Record<string, Buffer> = {};
  const wanted: Record<string, string> = {};
  const noise = Buffer.alloc(90 * 70 * 3).map((_, index) => (index * index * 31) >> 3);
  const picture = () => sharp(noise, { raw: { width: 90, height: 70, channels: 3 } });
  const files = {
    PNG: await picture().png().toBuffer(),
    WebP: await picture().webp({ lossless: true }).toBuffer(),
    AVIF: await picture().avif().toBuffer(),
  };
  for (const [format, whole] of Object.entries(files)) {
    for (let copy = 0; copy < 6; copy++) {
      // In the second half, behind all headers.
      const [from, to] = [whole.length >> 1, (whole.length >> 1) + 200];
      contents[`${copy}.${format}`] = Buffer.from(whole).fill(0xa5, from, to);
      wanted[`${copy}.${format}`] = `is a damaged ${format}: it cannot be decoded`;
    }
  }
  for (let run = 0; run < 3; run++) {
    assert.deepEqual(await reasonsOf(t, contents), wanted);
  }
});

test('when an image would take too much memory or time, then it is refused by its headers', async (t) => {
  const gif = await sharpPicture(16, 16).gif().toBuffer();
  gif.writeUInt16LE(65535, 6);
  gif.writeUInt16LE(65535, 8);
  const avif = await sharpPicture(64, 64).avif().toBuffer();
  const hugeAvif = Buffer.from(avif);
  hugeAvif.writeUInt32BE(20000, avif.indexOf('ispe') + 8);
  hugeAvif.writeUInt32BE(1000, avif.indexOf('ispe') + 12);
  const idat = chunk('IDAT', deflateSync(Buffer.alloc(20_000_000)));
  const found = await reasonsOf(t, {
    'large.png': blackPng(16000, 16000, 1),
    'data.png': blackPng(64, 64, 8, ...Array.from({ length: 4 }, () => idat)),
    'chunks.png': blackPng(
      64,
      64,
      8,
      Buffer.concat(Array(100_001).fill(chunk('tEXt', Buffer.of()))),
    ),
    'canvas.gif': gif,
    'large.tif': greyTiff({ 256: 60000, 257: 60000 }),
    'tile.tif': greyTiff({ 322: 65536, 323: 65536, 324: 512, 325: 256 }),
    'rare.tif': greyTiff({ 259: 50001 }),
    'huge.avif': hugeAvif,
    'long.avif': Buffer.concat([avif, Buffer.alloc(7_000_000)]),
  });
  const large = (size: string, most: number, format: string) =>
    `has ${size} pixels, more than the ${most} allowed in ${format}: make it smaller, or convert it to JPEG`;
  assert.deepEqual(found, {
    'large.png': large('16000 × 16000', 48_000_000, 'PNG'),
    'data.png': 'is a damaged PNG: it has more data than its pixels take',
    'chunks.png': 'has more than 100000 chunks: save it again',
    'canvas.gif': large('65535 × 65535', 26_181_818, 'GIF'),
    'large.tif': large('60000 × 60000', 48_000_000, 'TIFF'),
    'tile.tif':
      'has tiles of 65536 × 65536 pixels, more than the 4194304 allowed: save it without tiles',
    'rare.tif': 'is compressed in a rare way: save it with LZW or Deflate',
    'huge.avif': large('20000 × 1000', 12_582_912, 'AVIF'),
    'long.avif': `has ${7_000_000 + avif.length} bytes, more than the 6291456 allowed in AVIF: save it with a lower quality, or convert it to JPEG`,
  });
});

test('when text, a profile, pages or frames would fill the memory, then the image is decoded without them', async (t) => {
  const letters = deflateSync(Buffer.alloc(7_000_000, 'A'));
  const named = (words: string) => Buffer.concat([Buffer.from(words, 'latin1'), letters]);
  const gif = await sharpPicture(16, 16).gif().toBuffer();
  const frame = gif.subarray(gif.lastIndexOf('!\xf9', undefined, 'latin1'), -1);
  const folder = temporaryFolder(t);
  const files: Record<string, Buffer> = {
    'text.png': blackPng(64, 64, 8, ...Array(40).fill(chunk('zTXt', named('Title\0\0')))),
    'xmp.png': blackPng(64, 64, 8, ...Array(40).fill(chunk('iTXt', named('XML\0\x01\0\0\0')))),
    'profile.png': blackPng(64, 64, 8, chunk('iCCP', named('p\0\0'))),
    'frames.gif': Buffer.concat([
      gif.subarray(0, -1),
      ...Array(50_000).fill(frame),
      Buffer.from(';'),
    ]),
    // The page is its own next page.
    'loop.tif': greyTiff({}, 8),
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), content);
  }
  const words = [...programOf('test/pipeline/decode-files.ts'), folder];
  const output = execFileSync(process.execPath, words, { encoding: 'utf8' });
  const { decoded, grewBytes } = JSON.parse(output);
  assert.deepEqual(decoded, Object.keys(files).sort());
  assert.ok(grewBytes < 100e6, `grew by ${(grewBytes / 1e6).toFixed(0)} MB`);
});

test('when images together need more than the budget, then they are decoded one after the other', async () => {
  const budget = new MemoryBudget(100);
  let used = 0;
  let most = 0;
  const order: number[] = [];
  const work = [30, 60, 50, 250, 10, 90].map((bytes) =>
    budget.run(bytes, async () => {
      order.push(bytes);
      used += bytes;
      most = Math.max(most, used === bytes ? 0 : used);
      await new Promise(setImmediate);
      used -= bytes;
      if (bytes === 50) {
        throw new Error('its memory is free all the same');
      }
    }),
  );
  await Promise.allSettled(work);
  assert.deepEqual(order, [30, 60, 50, 250, 10, 90]);
  assert.ok(most <= 100, `${most}`);
});

test('when an image has a single pixel, then each format is read', async (t) => {
  const file = path.join(temporaryFolder(t), 'pixel');
  const pixel = sharp(Buffer.from([9, 9, 9]), { raw: { width: 1, height: 1, channels: 3 } });
  const files = [
    pixel.png(),
    pixel.gif(),
    pixel.tiff(),
    pixel.webp({ lossless: true }),
    pixel.webp(),
  ];
  for (const one of files) {
    writeFileSync(file, await one.toBuffer());
    const pixels = await render(t, file, plainPixels(1, 1));
    assert.ok(
      pixels.every((value) => Math.abs(value - 9) < 4),
      `${pixels}`,
    );
  }
});

test('when an animation is read, then its first frame is shown', async (t) => {
  const frames = Buffer.alloc(16 * 32 * 3, 200).fill(40, 0, 16 * 16 * 3);
  const both = sharp(frames, { raw: { width: 16, height: 32, channels: 3, pageHeight: 16 } });
  const file = path.join(temporaryFolder(t), 'frames');
  for (const bytes of [
    await both.webp({ lossless: true }).toBuffer(),
    await both.gif().toBuffer(),
  ]) {
    writeFileSync(file, bytes);
    assert.equal((await sharp(file, { animated: true }).metadata()).pages, 2);
    const pixels = await render(t, file, plainPixels(16, 16));
    assert.ok(
      pixels.every((value) => value < 44),
      `${pixels[0]}`,
    );
  }
});
