/** The export for browsers: its page in Chromium answers as `predict` does, on the processor and by WebGL. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { compared } from '../../src/export/verification.js';
import { type Exported, exportModel, predict, rowsOf, saveClassifier } from '../../src/index.js';
import { headsOf } from '../../src/model/index.js';
import { GroupNormalization } from '../../src/model/layers/keras/group-normalization.js';
import { type Preprocessing, preprocessingOptions } from '../../src/pipeline/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { programOf } from '../package/programs.mjs';
import { temporaryFolder, writeFiles } from '../support/folders.js';
import { openChromium, serveFolders, withoutChromium } from '../support/pages/chromium.js';
import { difference, render, sharpPicture } from '../support/pictures.js';
import { smallClassifier, smallHeads } from '../support/small-classifier.js';
import { probabilitiesInPage, useBackend } from './in-page.js';

/** A file of the page, for browsers, so that its types are not those of this program. */
const { inputOf } = await import(
  String(new URL('../../src/export/web/page/pixels.mjs', import.meta.url))
);

const skip = withoutChromium;
const root = temporaryFolder();
const at = (...names: string[]) => path.join(root, ...names);
const photos = ['upright.png', 'wide.png', 'clear.png', 'turned.jpg'];

/** A small network with a head that answers one class, and one that answers any number. */
const classifier = smallHeads([
  { name: 'collar', classes: ['round', 'V', 'polo', 'shirt <b>&', 'none', 'other'], labels: 'one' },
  { name: 'details', classes: ['zip', 'pocket', 'print'], labels: 'any' },
]);

/** Large weights, so that a pixel in another place changes the answers. */
for (const { name } of headsOf(classifier).map(({ task }) => ({ name: `logits/${task}` }))) {
  const layer = classifier.model.getLayer(name);
  layer.setWeights(layer.getWeights().map((weight) => weight.mul(8)));
}

let browser: Browser | undefined;

/** The files, and Chromium. */
before(async () => {
  mkdirSync(at('photos'));
  await saveClassifier(classifier, at('run'));
  await exportModel({ run: at('run'), out: at('page') });
  await sharpPicture(90, 140, 1).png().toFile(at('photos', 'upright.png'));
  await sharpPicture(701, 333, 2).png().toFile(at('photos', 'wide.png'));
  const clear = sharpPicture(130, 120, 3).ensureAlpha(0.4);
  await clear.png().toFile(at('photos', 'clear.png'));
  const smooth = sharp(await sharpPicture(96, 200, 0).png().toBuffer()).blur(3);
  await smooth
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .withMetadata({ orientation: 6 })
    .toFile(at('photos', 'turned.jpg'));
  browser = skip ? undefined : await openChromium();
});
after(() => browser?.close());

/** The page, 390 pixels wide; the test fails for an error in its console, a request that fails and one to another place. */
async function openPage(t: TestContext, name = '', headers = {}): Promise<Page> {
  const server = await serveFolders({ page: at('page'), photos: at('photos') }, headers);
  t.after(server.close);
  const page = await (browser as Browser).newPage({ viewport: { width: 390, height: 800 } });
  // On a busy machine, Chromium may take a minute to compile its shaders.
  page.setDefaultTimeout(120_000);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      faults.push(message.text());
    }
  });
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('requestfailed', (request) => faults.push(request.url()));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== server.url && protocol !== 'blob:' && protocol !== 'data:') {
      faults.push(`sent to ${request.url()}`);
    }
  });
  t.after(async () => {
    await page.close();
    assert.deepEqual(faults, []);
  });
  await page.goto(`${server.url}/page/${name}`);
  return page;
}

const answersOf = (page: Page) => page.getByRole('status').filter({ hasText: /^collar: .*\.$/ });

test('when pixels are prepared for the page, then they are those of the loader, for every fit and filter', async (t) => {
  for (const name of ['upright.png', 'wide.png', 'clear.png']) {
    const { data, info } = await sharp(at('photos', name))
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    for (const fit of preprocessingOptions.fit.choices) {
      for (const filter of preprocessingOptions.filter.choices) {
        const preprocessing: Preprocessing = {
          ...{ resize: 83, crop: 64, mean: [100, 110, 120], std: [50, 60, 70], channels: 'bgr' },
          ...{ fit, filter },
        };
        const wanted = await render(t, at('photos', name), preprocessing);
        const pixels = inputOf({ ...info, data }, preprocessing);
        // The loader has weights of 16 bits: a part of a level, of which 50 are 1 here.
        const { largest } = difference(pixels, wanted);
        assert.ok(largest < 0.01, `${name} ${fit} ${filter}: ${largest}`);
      }
    }
  }
});

test('when weights are quantized, then files are smaller and answers nearly the same', async () => {
  const bytes: number[] = [];
  for (const quantize of [undefined, 'uint16', 'uint8'] as const) {
    const [exported] = await exportModel({ run: at('run'), out: at(`${quantize}`), quantize });
    const { difference, bound, by } = (exported as Exported).verification;
    assert.ok(difference > 0 && difference < bound);
    assert.match(by, /^tfjs 4\.22\.0 \(wasm\)$/);
    const { size } = statSync(at(`${quantize}`, 'model', 'weights-1of1.bin'));
    bytes.push(size);
  }
  const { weights } = classifier.model;
  const sizeOf = (width: number) =>
    weights.reduce((sum, { shape }) => {
      const numbers = shape.reduce<number>((product, side) => product * (side as number), 1);
      return sum + numbers * (shape.length > 1 ? width : 4);
    }, 0);
  assert.deepEqual(bytes, [sizeOf(4), sizeOf(2), sizeOf(1)]);
});

test('when a run has several models, then each gets a folder; what cannot be exported is refused and writes nothing', async () => {
  await saveClassifier(smallClassifier(), at('runs', 'sleeve', 'model'));
  await saveClassifier(smallClassifier(), at('runs', 'collar', 'model'));
  const exported = await exportModel({ run: at('runs'), out: at('both') });
  assert.deepEqual(
    exported.map(({ folder, tasks }) => [path.relative(root, folder), tasks]),
    [
      ['both/collar', ['collar']],
      ['both/sleeve', ['sleeve']],
    ],
  );
  const out = at('refused');
  const first = tf.layers.inputLayer({ inputShape: [32, 32, 3] });
  const own = smallClassifier(first, new GroupNormalization({ groups: 1 }));
  await saveClassifier(own, at('own'));
  await assert.rejects(
    exportModel({ run: at('own'), out }),
    /Expected a network whose layers plain tfjs computes for a web export but received "small"\. .*GroupNormalization/,
  );
  await writeFiles(at('mine'), { 'notes.txt': 'x' });
  await assert.rejects(exportModel({ run: at('run'), out: at('mine') }), /It has notes\.txt/);
  await assert.rejects(exportModel({ run: at('run'), out, to: 'pdf' }), /one of web/);
  // A later export would replace the folder, and the run with it.
  await saveClassifier(smallClassifier(), at('both', 'run', 'model'));
  await assert.rejects(
    exportModel({ run: at('both', 'run'), out: at('both') }),
    /Expected a folder that does not hold the run for out/,
  );
  const images = { probabilities: new Float32Array([0.2, 0.8]), by: 'another program' };
  assert.throws(
    () => compared(images, new Float32Array([0.3, 0.7]), { bound: 0.05, format: 'web' }),
    /within 0\.05 of Bobbin's for the web export but received 0\.1\d* from another program/,
  );
  assert.ok(!existsSync(out));
});

test('when the exported page classifies pictures, then WASM and WebGL give the probabilities of predict', {
  skip,
}, async (t) => {
  const page = await openPage(t);
  const own = rowsOf(
    await predict({
      classifier,
      files: photos.map((name) => at('photos', name)),
    }),
  );
  for (const backend of ['WASM', 'WebGL']) {
    await useBackend(page, backend);
    const rows = await probabilitiesInPage(
      page,
      photos.map((name) => `/photos/${name}`),
    );
    for (const [index, row] of own.entries()) {
      const apart = [...row].map((value, column) =>
        Math.abs(value - (rows[index]?.[column] ?? Number.NaN)),
      );
      // A canvas rounds the levels of transparent pixels before they are put on white.
      const bound = photos[index] === 'clear.png' ? 0.01 : 1e-3;
      const worst = Math.max(...apart);
      assert.ok(worst < bound, `${photos[index]} by ${backend}: ${worst} apart`);
    }
  }
});

test('when only the keyboard is used, then a photo is chosen, its classes are read out and nothing overflows', {
  skip,
}, async (t) => {
  const page = await openPage(t);
  await useBackend(page, 'WASM');
  const chooser = page.waitForEvent('filechooser');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(at('photos', 'wide.png'));
  await answersOf(page).waitFor();
  const [row] = rowsOf(await predict({ classifier, files: [at('photos', 'wide.png')] }));
  const heads = headsOf(classifier);
  for (const { classes, from } of heads) {
    for (const [index, name] of classes.entries()) {
      const percent = `${(100 * (row?.[from + index] as number)).toFixed(1)} %`;
      assert.equal(
        await page.locator('li').filter({ hasText: name }).locator('.percent').textContent(),
        percent,
      );
    }
  }
  const summary = page.getByText('1 more class');
  await summary.focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.getByRole('listitem').filter({ visible: true }).count(), 9);
  assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(),
    );
    const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
    assert.deepEqual(found, [], colorScheme);
  }
});

/** Drops a file of `content`, of base64, on the page. */
async function drop(page: Page, name: string, content: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(`(() => {
    const bytes = Uint8Array.from(atob('${content}'), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], '${name}'));
    return transfer;
  })()`);
  await page.dispatchEvent('body', 'drop', { dataTransfer });
}
const base64 = (name: string) => readFileSync(at('photos', name)).toString('base64');

test('when something else than an image is dropped, then the page says so, and goes on', {
  skip,
}, async (t) => {
  const page = await openPage(t);
  await useBackend(page, 'WASM');
  await drop(page, 'notes.txt', btoa('hello'));
  await page.getByRole('alert').filter({ hasText: 'notes.txt is not an image' }).waitFor();
  await drop(page, 'wide.png', base64('wide.png'));
  await answersOf(page).waitFor();
  assert.equal(await page.getByRole('alert').textContent(), '');
  // Decoders hold back the photos that are called slow until the newer one is answered.
  await page.evaluate(`(() => {
    const decode = createImageBitmap;
    const released = new Promise((resolve) => { globalThis.release = resolve; });
    globalThis.createImageBitmap = async (file, options) => {
      if (file.name.startsWith('slow')) { await released; }
      return await decode(file, options);
    };
  })()`);
  await drop(page, 'slow.txt', btoa('hello'));
  await page.getByRole('status').filter({ hasText: 'slow.txt' }).waitFor();
  await drop(page, 'slow.png', base64('upright.png'));
  await page.getByRole('status').filter({ hasText: 'slow.png' }).waitFor();
  await drop(page, 'wide.png', base64('wide.png'));
  await answersOf(page).waitFor();
  const shown = () => page.locator('#work').textContent();
  const before = await shown();
  await page.evaluate('release(), new Promise((resolve) => setTimeout(resolve, 300))');
  assert.equal(await shown(), before);
});

test('when a server isolates the page, then tfjs starts its threads and the page answers', {
  skip,
}, async (t) => {
  const isolated = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  };
  const page = await openPage(t, '', isolated);
  await useBackend(page, 'WASM');
  await drop(page, 'wide.png', base64('wide.png'));
  await answersOf(page).waitFor();
  assert.equal(await page.evaluate('crossOriginIsolated'), true);
  assert.ok(page.workers().length > 0);
});

test('when a page of your own uses the files as docs/browser.md shows, then it answers', {
  skip,
}, async (t) => {
  await writeFiles(at('page'), { 'own.html': programOf('docs/browser.md', 1, 'html') });
  const page = await openPage(t, 'own.html');
  await page.locator('input:enabled').setInputFiles(at('photos', 'upright.png'));
  await page.locator('output').filter({ hasText: / %/ }).waitFor();
});
