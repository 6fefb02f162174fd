/** `prepare --check`: every image is decoded wholly, and what is damaged is listed and left out. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { prepare } from '../../../src/dataset/index.js';
import { checkImages } from '../../../src/pipeline/index.js';
import { temporaryFolder, writeFiles } from '../../support/folders.js';
import { sharpPicture } from '../../support/pictures.js';
import { runBobbin } from '../../support/run-bobbin.js';

/** Two classes of sound images, and four damaged ones: two at the lower edge, where no centre crop sees it. */
async function writeSource(t: TestContext) {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'source');
  const images: Record<string, Buffer> = {};
  for (const [index, name] of ['a', 'b'].entries()) {
    for (let each = 0; each < 3; each++) {
      images[`${name}/${each}.jpg`] = await sharpPicture(160, 240, 3 * index + each)
        .jpeg()
        .toBuffer();
    }
    images[`${name}/sound.png`] = await sharpPicture(40, 30, index).png().toBuffer();
  }
  const picture = sharpPicture(160, 240, 9);
  const baseline = await picture.clone().jpeg().toBuffer();
  const cut = (file: Buffer, share: number) => file.subarray(0, Math.floor(file.length * share));
  const damaged = {
    'a/cut.jpg': cut(baseline, 0.95),
    'a/cut.png': cut(await picture.clone().png().toBuffer(), 0.5),
    'b/progressive.jpg': cut(await picture.clone().jpeg({ progressive: true }).toBuffer(), 0.7),
    'b/text.jpg': Buffer.from('no image'),
  };
  await writeFiles(source, { ...images, ...damaged });
  const file = (name: string) => path.join(source, name);
  return {
    source,
    out: path.join(folder, 'out'),
    damaged: Object.keys(damaged).map(file),
    baseline,
  };
}

test('when images are checked, then the damaged ones are listed with a reason and left out', async (t) => {
  const { source, out, damaged, baseline } = await writeSource(t);
  const { manifest, summary } = await prepare(source, { out, check: checkImages });
  assert.equal(manifest.samples.length, 8);
  assert.deepEqual(
    summary.damaged.map((image) => image.path),
    damaged,
  );
  const [cut, png, progressive, text] = summary.damaged.map(({ reason }) => reason);
  assert.match(
    cut ?? '',
    /^damaged JPEG: data ends too early in MCU row 1[45] of 15, pixel rows \d+ to 2\d\d$/,
  );
  assert.match(progressive ?? '', /^JPEG decoder: (Premature|Corrupt)/);
  assert.ok(png && text);
  assert.equal(
    summary.warnings.filter((warning) => /is damaged and is left out/.test(warning)).length,
    4,
  );
  const lines = (await readFile(path.join(out, 'damaged.txt'), 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines,
    summary.damaged.map((image) => `${image.path}\t${image.reason}`),
  );

  const images = damaged.map((file) => ({ path: file }));
  const calls: number[] = [];
  const again = await checkImages(images, { threads: 1, onProgress: (done) => calls.push(done) });
  // The words for other formats are sharp's.
  const jpegs = (found: typeof again) => found.filter((image) => image.path.endsWith('.jpg'));
  assert.deepEqual(jpegs(again), jpegs(summary.damaged));
  assert.equal(again.length, damaged.length);
  assert.deepEqual(calls, [4]);

  await writeFile(damaged[0] as string, baseline);
  await prepare(source, { out });
  assert.ok(!existsSync(path.join(out, 'damaged.txt')), 'the list of an earlier call is gone');
});

test('when the image of a question is damaged, then it is listed and its question stays', async (t) => {
  const folder = temporaryFolder(t);
  const source = path.join(folder, 'source');
  const image = await sharpPicture(60, 40, 1).jpeg().toBuffer();
  await writeFiles(source, {
    'base/Annotations/label.csv': 'Images/a.jpg,x,yn\nImages/b.jpg,x,ny\n',
    'base/Images/a.jpg': image,
    'base/Images/b.jpg': await sharpPicture(60, 40, 2).jpeg().toBuffer(),
    'rank/Tests/question.csv': 'Images/q.jpg,x,?\nImages/gone.jpg,x,?\nImages/r.jpg,x,?\n',
    'rank/Images/q.jpg': image.subarray(0, Math.floor(0.9 * image.length)),
    'rank/Images/r.jpg': image,
  });
  const out = path.join(folder, 'out');
  const { manifest, summary } = await prepare(source, { out, check: checkImages });
  const [damaged, ...others] = summary.damagedQuestions;
  const file = path.join(source, 'rank/Images/q.jpg');
  assert.equal(damaged?.path, file);
  assert.deepEqual([others, summary.damaged], [[], []]);
  assert.deepEqual([manifest.samples.length, manifest.questions.length], [2, 3]);
  const list = await readFile(path.join(out, 'damaged.txt'), 'utf8');
  assert.equal(list, `${file}\t${damaged?.reason}\n`);
  const told = `${file} is damaged and its questions stay: ${damaged?.reason}.`;
  assert.ok(summary.warnings.includes(told), summary.warnings.join('\n'));
});

test('when the command checks, then it prints what it leaves out', async (t) => {
  const { source, out, damaged } = await writeSource(t);
  const { code, stdout, stderr } = await runBobbin(['prepare', source, '--out', out, '--check']);
  assert.equal(code, 0, stderr);
  for (const file of damaged) {
    assert.ok(stdout.includes(`! ${file} is damaged and is left out: `), stdout);
  }
});
