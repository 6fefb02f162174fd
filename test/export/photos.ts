/**
 * Compares the exported page of a run with `predict` on 200 photos, in Chromium: `npm run test:browser -- RUN PHOTOS`. Photos are read
 * once as PNG files, so that both get the same pixels, and once as they are, by the browser's own decoder.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import {
  type Classifier,
  exportModel,
  loadClassifier,
  predict,
  rowsOf,
  topClasses,
} from '../../src/index.js';
import { openChromium, serveFolders } from '../support/pages/chromium.js';
import { probabilitiesInPage, useBackend } from './in-page.js';

const [run = '', folder = ''] = process.argv.slice(2);
const count = 200;

/** Photos spread over the folder. */
async function chosenPhotos(): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const photos = names.filter((name) => /\.(jpe?g|png|webp)$/i.test(name));
  return Array.from({ length: Math.min(count, photos.length) }, (_, index) =>
    path.join(folder, photos[Math.floor((index * photos.length) / count)] as string),
  );
}

/** What the page and Bobbin are asked. */
interface Asked {
  page: Page;
  classifier: Classifier;
  /** Each in the folder that the server has below `address`. */
  files: string[];
  folder: string;
  address: string;
}

/** Prints how far the page's answers are from Bobbin's, and returns how many of them name the same class. */
async function compare(title: string, asked: Asked): Promise<number> {
  const { page, classifier, files, folder, address } = asked;
  const own = rowsOf(await predict({ classifier, files }));
  const began = performance.now();
  const addresses = files.map((file) => encodeURI(`/${address}/${path.relative(folder, file)}`));
  const rows = await probabilitiesInPage(page, addresses, (done) => {
    if (done % 20 === 0) {
      console.error(`${title}: ${done} of ${files.length}`);
    }
  });
  const rate = files.length / ((performance.now() - began) / 1000);
  const apart = own.map((row, index) => {
    const there = rows[index] as number[];
    return row.reduce((most, value, at) => Math.max(most, Math.abs(value - (there[at] ?? 1e9))), 0);
  });
  const agreed = own.filter(
    (row, index) => topClasses(row, 1)[0] === topClasses(rows[index] as number[], 1)[0],
  ).length;
  const [median, most] = [0.5, 1].map((share) => {
    const sorted = [...apart].sort((one, other) => one - other);
    return sorted[Math.ceil(share * sorted.length) - 1]?.toPrecision(2);
  });
  const differ = `probabilities differ by ${median} in the median and by at most ${most}`;
  console.log(
    `${title}: same class for ${agreed} of ${files.length}; ${differ}; ${rate.toFixed(1)} photos/s`,
  );
  return agreed;
}

/** The same pixels as PNG files: of a JPEG those of another decoder, for both. */
async function decoded(photos: string[], into: string): Promise<string[]> {
  const files: string[] = [];
  for (const [index, photo] of photos.entries()) {
    const file = path.join(into, `${index}.png`);
    await sharp(photo).rotate().removeAlpha().png({ compressionLevel: 1 }).toFile(file);
    files.push(file);
  }
  return files;
}

const place = mkdtempSync(path.join(os.tmpdir(), 'bobbin-page-'));
const pixels = path.join(place, 'pixels');
mkdirSync(pixels);
const [exported] = await exportModel({ run, out: path.join(place, 'page') });
console.log(exported?.verification);
using classifier = await loadClassifier(run);
const photos = await chosenPhotos();
const files = await decoded(photos, pixels);
const server = await serveFolders({ page: path.join(place, 'page'), photos: folder, pixels });
const browser = await openChromium();
const page = await browser.newPage();
page.setDefaultTimeout(0);
await page.goto(`${server.url}/page/`);
for (const backend of ['WASM', 'WebGL']) {
  await useBackend(page, backend);
  const common = { page, classifier };
  const same = { ...common, files, folder: pixels, address: 'pixels' };
  const own = { ...common, files: photos, folder, address: 'photos' };
  const agreed = [
    await compare(`${backend}, same pixels`, same),
    await compare(`${backend}, decoded by the browser`, own),
  ];
  if (agreed.some((each) => each < 0.99 * photos.length)) {
    process.exitCode = 1;
  }
}
await browser.close();
server.close();
rmSync(place, { recursive: true });
