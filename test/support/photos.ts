/** A small data set for the training tests: coloured noise, one colour for each class, and its manifest. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { type Manifest, type Sample, saveManifest } from '../../src/dataset/index.js';

const colours = [
  { r: 200, g: 60, b: 60 },
  { r: 60, g: 200, b: 60 },
  { r: 60, g: 60, b: 200 },
];

/** Draws `training` + `validation` images of 48 × 48 pixels for each class and saves `folder/manifest.json`. */
export async function drawPhotos(
  folder: string,
  { training = 8, validation = 3 } = {},
): Promise<Manifest> {
  const samples: Sample[] = [];
  const manifest: Manifest = {
    version: 1,
    root: folder,
    seed: 0,
    tasks: [{ name: 'colour', classes: ['red', 'green', 'blue'] }],
    samples,
    questions: [],
  };
  await mkdir(folder, { recursive: true });
  for (let label = 0; label < colours.length; label++) {
    for (let i = 0; i < training + validation; i++) {
      const name = `${label}-${i}.jpg`;
      await draw(path.join(folder, name), colours[label] as (typeof colours)[0], 31 * label + i);
      samples.push({
        path: name,
        task: 'colour',
        label,
        maybe: [],
        split: i < training ? 'train' : 'validation',
        hash: createHash('sha256').update(name).digest('hex'),
      });
    }
  }
  await saveManifest(manifest, folder);
  return manifest;
}

async function draw(file: string, { r, g, b }: (typeof colours)[0], seed: number): Promise<void> {
  const size = 48;
  const pixels = new Uint8Array(size * size * 3);
  for (let i = 0; i < size * size; i++) {
    const shade = ((i * 7 + seed * 13 + ((i * seed) % 23) * 5) % 90) - 45;
    pixels.set([r + shade, g + shade, b + shade], i * 3);
  }
  await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .jpeg({ quality: 90 })
    .toFile(file);
}
