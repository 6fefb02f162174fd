/** BMP and Netpbm: the numbers that Pillow reads, and what is refused. `test/fixtures/make_bitmaps.py` writes the files. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { OtherFormat } from '../../src/pipeline/index.js';

const fixtures = path.join(import.meta.dirname, '..', 'fixtures');
const folder = path.join(fixtures, 'bitmaps');
const wanted: Record<string, { width: number; height: number; rgb: string }> = JSON.parse(
  readFileSync(path.join(fixtures, 'bitmaps.json'), 'utf8'),
);
const names = Object.keys(wanted);
const fileOf = (name: string) => readFileSync(path.join(folder, name));

/** The size of the decoded image, or the reason why it is refused. */
async function outcome(bytes: Buffer): Promise<string> {
  try {
    const { rgb, width, height } = await OtherFormat.of(bytes).decode();
    assert.equal(rgb.length, 3 * width * height);
    return `${width} × ${height}`;
  } catch (error) {
    return (error as Error).message;
  }
}

test('when a BMP or Netpbm file is decoded, then its numbers are those that Pillow reads', async () => {
  assert.deepEqual(names.sort(), readdirSync(folder).sort());
  for (const [name, { width, height, rgb }] of Object.entries(wanted)) {
    const decoded = await OtherFormat.of(fileOf(name)).decode();
    assert.deepEqual([decoded.width, decoded.height], [width, height], name);
    assert.deepEqual([...decoded.rgb], [...Buffer.from(rgb, 'base64')], name);
  }
});

test('when a BMP or Netpbm file is cut off, then the reason says so, or the last bytes are not needed', async () => {
  for (const name of names) {
    const whole = fileOf(name);
    // The last digits of text may be missing, and what fills up the last row of a BMP.
    const most = name.includes('text') ? 6 : 3;
    for (let length = 20; length < whole.length - most; length += 3) {
      const found = await outcome(whole.subarray(0, length));
      assert.equal(found, 'is cut off: it ends before its image does', `${name} ${length}`);
    }
  }
});

test('when bytes of a BMP or Netpbm file are changed, then it is decoded or refused, in a moment', async () => {
  let state = 1;
  const random = (most: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % most;
  };
  const start = performance.now();
  for (let round = 0; round < 40; round++) {
    for (const name of names) {
      const changed = fileOf(name);
      // The header and the first pixels.
      for (let change = 0; change <= round % 4; change++) {
        changed[random(Math.min(80, changed.length))] = random(4) === 0 ? 255 : random(256);
      }
      const found = await outcome(changed);
      assert.match(
        found,
        /^(\d+ × \d+$|is |has \d+ × \d+ pixels, more than )/,
        `${name}: ${found}`,
      );
    }
  }
  assert.ok(performance.now() - start < 20_000);
});

test('when a small BMP or Netpbm file states a huge picture, then it is refused before memory is taken', async () => {
  const bmp = (at: number, value: number, name = 'bits-24.bmp') => {
    const bytes = fileOf(name);
    bytes.writeInt32LE(value, at);
    return bytes;
  };
  const cut = 'is cut off: it ends before its image does';
  assert.equal(await outcome(bmp(18, 1_000_000)), cut);
  assert.equal(await outcome(bmp(22, -2_000_000_000)), cut);
  assert.equal(await outcome(Buffer.from('P6 60000 60000 255\n...')), cut);
  assert.equal(await outcome(Buffer.from('P2 60000 60000 255\n1 2 3')), cut);
  const runs = bmp(18, 60_000, 'runs-8.bmp');
  runs.writeInt32LE(50_000, 22);
  assert.equal(
    await outcome(runs),
    'has 60000 × 50000 pixels, more than the 48000000 allowed in BMP: make it smaller, or convert it to JPEG',
  );
  assert.equal(
    await outcome(bmp(18, 100_000, 'runs-8.bmp')),
    'has 100000 × 5 pixels, more than the 65535 allowed for a side in BMP: cut it into parts',
  );
});

test('when each row of a BMP is reached by a move to the next one, then all of them are painted', async () => {
  const height = 1000;
  const header = fileOf('runs-8.bmp');
  header.writeInt32LE(height, 22);
  const start = header.readUInt32LE(10);
  const [run, nextRow, end] = [
    [1, 1],
    [0, 2, 0, 1],
    [0, 1],
  ];
  const rows = Array.from({ length: height - 1 }, () => [...run, ...nextRow]).flat();
  const codes = Buffer.from([...rows, ...run, ...end]);
  const bytes = Buffer.concat([header.subarray(0, start), codes]);
  assert.equal(await outcome(bytes), `${bytes.readInt32LE(18)} × ${height}`);
});

test('when a BMP or Netpbm file has a form that is not read, then the reason names it', async () => {
  const changed = (name: string, at: number, value: number) => {
    const bytes = fileOf(name);
    bytes[at] = value;
    return bytes;
  };
  assert.equal(
    await outcome(changed('bits-24.bmp', 30, 4)),
    'is compressed in a rare way: save it without compression',
  );
  assert.equal(
    await outcome(changed('bits-24.bmp', 28, 25)),
    'is a damaged BMP: it states 25 bits a pixel',
  );
  assert.equal(
    await outcome(changed('bits-24.bmp', 14, 41)),
    'is a damaged BMP: no header has 41 bytes',
  );
  assert.equal(
    await outcome(Buffer.from('P5 4 4 70000\n')),
    'is a damaged Netpbm image: it states 4 × 4 pixels with values up to 70000',
  );
  assert.equal(
    await outcome(Buffer.from('P2 2 2 255\n1 2 x 3')),
    'is a damaged Netpbm image: there is no number up to 255 at byte 15',
  );
  assert.equal(
    await outcome(Buffer.from('P7\nWIDTH 4\n')),
    'is a PAM or PFM image, which Bobbin does not read: convert it to PNG or JPEG',
  );
  assert.equal(await outcome(Buffer.from('BMW is a maker of cars')), 'is text, not an image');
});
