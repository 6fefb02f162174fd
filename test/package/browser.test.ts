/** The program of docs/browser.md: plain tfjs, as a web page loads it, gives the probabilities of `predict`. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, symlinkSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import sharp from 'sharp';
import { createModel, predict, rowsOf, saveClassifier, synthesize } from '../../src/index.js';
import { temporaryFolder, writeFiles } from '../support/folders.js';
import { listen } from '../support/servers/listen.js';
import { programOf } from './programs.mjs';

/** Reads RGBA pixels from files, for there is no canvas in Node, and prints the probabilities of each image in class order. */
const page = `
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

globalThis.tf = createRequire(import.meta.url)('@tensorflow/tfjs/dist/tf.min.js');
const { classify, load } = await import('./classify.mjs');
const [url, ...images] = process.argv.slice(2);
const classifier = await load(url);
for (const image of images) {
  const [file, width, height] = image.split(',');
  const pixels = { data: new Uint8Array(readFileSync(file)), width: +width, height: +height };
  const answers = await classify(classifier, pixels);
  const sorted = answers.toSorted((a, b) => classifier.classes.indexOf(a.name) - classifier.classes.indexOf(b.name));
  console.log(JSON.stringify(sorted.map(({ probability }) => probability)));
}
`;

// Without antialiasing, or with the centre one pixel away, the numbers differ by more than 0.04.
test('when a page loads a model as docs/browser.md shows, then its probabilities are those of predict', async (t) => {
  const folder = temporaryFolder(t);
  const at = (...names: string[]) => path.join(folder, ...names);
  await writeFiles(folder, { 'page.mjs': page, 'classify.mjs': programOf('docs/browser.md', 1) });
  symlinkSync(path.resolve(import.meta.dirname, '../../node_modules'), at('node_modules'));
  await synthesize(at('drawn'), { tasks: ['lapel_design_labels'], imagesPerTask: 10 });
  const drawn = at('drawn/base/Images/lapel_design_labels');
  const [photo = ''] = await readdir(drawn);
  await sharp(path.join(drawn, photo))
    .rotate(90)
    .resize(141, 93, { fit: 'fill' })
    .toFile(at('wide.png'));
  const files = [path.join(drawn, photo), at('wide.png')];
  const classifier = await createModel({
    classes: ['a', 'b', 'c', 'd'],
    size: 32,
    trainable: 'head',
    seed: 3,
  });
  await saveClassifier(classifier, at('model'));
  const server = await listen(({ url = '' }, response) => {
    createReadStream(at(url))
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
  t.after(server.close);
  const images = await Promise.all(
    files.map(async (file, index) => {
      const { data, info } = await sharp(file)
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      await writeFile(at(`${index}.rgba`), data);
      return `${at(`${index}.rgba`)},${info.width},${info.height}`;
    }),
  );
  const child = spawn(
    process.execPath,
    [at('page.mjs'), `${server.url}/model/model.json`, ...images],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const inPage: number[][] = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const here = rowsOf(await predict({ classifier, files }));
  here.forEach((row, index) => {
    const differences = row.map((p, position) => Math.abs(p - (inPage[index]?.[position] ?? NaN)));
    const worst = Math.max(...differences);
    assert.ok(worst < 0.005, `image ${index}: ${worst} apart`);
  });
});
