/** `bobbin preview` on flat colours, so that its tiles can be counted. */
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import { temporaryFolder } from '../support/folders.js';
import { runBobbin } from '../support/run-bobbin.js';

const colours = { red: [200, 30, 40], blue: [10, 60, 220] } as const;
const still = '--brightness 0 --contrast 0 --saturation 0 --flip 0'.split(' ');
const tile = 360 * 360;

const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);

before(async () => {
  for (const [name, [r, g, b]] of Object.entries(colours)) {
    await mkdir(at('photos', name), { recursive: true });
    const image = sharp({
      create: { width: 40, height: 40, channels: 3, background: { r, g, b } },
    });
    for (const number of [1, 2, 3]) {
      await image.png().toFile(at('photos', name, `${number}.png`));
    }
  }
});

async function preview(...words: string[]) {
  const ended = await runBobbin(['preview', ...words]);
  assert.equal(ended.code, 0, `${words.join(' ')}\n${ended.stdout}\n${ended.stderr}`);
  return ended;
}

/** How many pixels have each of the two colours. */
async function count(file: string): Promise<number[]> {
  const data = await sharp(file).removeAlpha().raw().toBuffer();
  return Object.values(colours).map(([r, g, b]) => {
    let found = 0;
    for (let i = 0; i < data.length; i += 3) {
      found += data[i] === r && data[i + 1] === g && data[i + 2] === b ? 1 : 0;
    }
    return found;
  });
}

test('when a folder is previewed, then each class has its rows of an original and its views', async () => {
  const sizes = ['--rows', '4', '--views', '2', ...still];
  await preview(at('photos'), '--out', at('sheet.png'), ...sizes);
  assert.deepEqual(await count(at('sheet.png')), [2 * 3 * tile, 2 * 3 * tile]);
});

test('when photos are padded, then the sheet shows the border', async () => {
  for (const name of Object.keys(colours)) {
    const wide = sharp({ create: { width: 60, height: 20, channels: 3, background: name } });
    await mkdir(at('wide', name), { recursive: true });
    await wide.png().toFile(at('wide', name, '1.png'));
  }
  const sizes = ['--rows', '2', '--views', '1', '--crop', 'center', '--fit', 'pad', ...still];
  await preview(at('wide'), '--out', at('padded.png'), '--filter', 'bicubic', ...sizes);
  const data = await sharp(at('padded.png')).removeAlpha().raw().toBuffer();
  let border = 0;
  for (let i = 0; i < data.length; i += 3) {
    border += data[i] === 127 && data[i + 1] === 127 && data[i + 2] === 127 ? 1 : 0;
  }
  // A photo of 60 × 20 becomes 256 × 85: 139 of the 224 rows of both views show none of it.
  assert.ok(Math.abs(border - (2 * 139 * tile) / 224) < 0.03 * tile, `${border}`);
});

test('when the data set is prepared, then the sheet shows its samples', async () => {
  const { code } = await runBobbin(['prepare', at('photos'), '--out', at('data')]);
  assert.equal(code, 0);
  const sizes = ['--rows', '2', '--views', '1', '--crop', 'five', ...still];
  await preview(at('data'), '--out', at('prepared.png'), ...sizes);
  const [red = 0, blue = 0] = await count(at('prepared.png'));
  // Equal files are one sample: an original and five windows of each colour.
  assert.deepEqual([red, blue], [6 * tile, 6 * tile]);
});

test('when all images of a prepared data set are gone, then the sheet of before stays', async (t) => {
  const earlier = await readFile(at('prepared.png'));
  await rename(at('photos'), at('moved'));
  t.after(() => rename(at('moved'), at('photos')));
  const { code, stderr } = await runBobbin(['preview', at('data'), '--out', at('prepared.png')]);
  assert.equal(code, 1);
  assert.match(stderr, /^bobbin: .*--images/m);
  assert.ok(earlier.equals(await readFile(at('prepared.png'))));
});

test('when the seed is the same, then the sheet is the same', async () => {
  const draw = async (name: string, seed: string) => {
    const options = ['--rows', '2', '--views', '2', '--noise', '40', '--seed', seed];
    await preview(at('photos'), '--out', at(name), ...options);
    return readFile(at(name));
  };
  const wanted = await draw('first.jpg', '3');
  assert.ok(wanted.equals(await draw('again.jpg', '3')));
  assert.ok(!wanted.equals(await draw('other.jpg', '4')));
  assert.equal((await sharp(wanted).metadata()).format, 'jpeg');
});

test('when an image cannot be read, then it is named and the sheet is still drawn', async () => {
  await writeFile(at('photos', 'red', '1.png'), 'no image');
  const sizes = ['--rows', '6', '--views', '1', ...still];
  const { stderr } = await preview(at('photos'), '--out', at('damaged.png'), ...sizes);
  assert.match(stderr, /1 unreadable image, grey on the sheet:\n.*1\.png/);
  assert.deepEqual(await count(at('damaged.png')), [2 * 2 * tile, 3 * 2 * tile]);
});

test('when the sheet’s name has no known format, then the error lists the formats', async () => {
  const { code, stderr } = await runBobbin(['preview', at('photos'), '--out', at('sheet.gif')]);
  assert.equal(code, 1);
  assert.match(stderr, /Expected a file named \.jpg or \.png for --out/);
});
