/** `npm run bench -- quality FOLDER`: compares the pixels of the public API with Pillow, torchvision and Bobbin's plain decoder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { type Augmentation, createLoader, type Preprocessing } from '../../src/index.js';
import { textTable } from '../../src/report/index.js';
import { everything, preprocessing as timed } from '../job.js';
import { askPython, jpegtran } from '../measure.js';
import { checkOutput, writeJson } from '../output.js';

/** Levels of 0…255, and a resize larger than the crop, so that the centre crop really crops. */
const preprocessing: Preprocessing = {
  ...timed,
  resize: 256,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

interface Series {
  augmentation: Partial<Augmentation>;
  /** Other than those of {@link preprocessing}. */
  resizing?: Pick<Preprocessing, 'filter' | 'fit'>;
}

const center = { augmentation: { crop: 'center', flip: 0 } } as const;

/** Rendered by both decoders. */
const decoded: Record<string, Series> = {
  center,
  random: { augmentation: {} },
  color: { augmentation: { ...everything, noise: 0 } },
};

const resized: Record<string, Series> = {
  bicubic: { ...center, resizing: { filter: 'bicubic' } },
  'random-bicubic': { augmentation: {}, resizing: { filter: 'bicubic' } },
  pad: { ...center, resizing: { fit: 'pad' } },
  'pad-bicubic': { ...center, resizing: { fit: 'pad', filter: 'bicubic' } },
  squash: { ...center, resizing: { fit: 'squash' } },
  'squash-bicubic': { ...center, resizing: { fit: 'squash', filter: 'bicubic' } },
};

/** The measurements of quality.py by its names, and their bounds in decibels. */
const measures = [
  { key: 'center', text: 'centre crop, against Pillow', median: 50, worst: 45 },
  { key: 'random', text: 'random-resized crop, against Pillow', median: 50, worst: 45 },
  { key: 'bicubic', text: 'centre crop, bicubic, against Pillow', median: 50, worst: 45 },
  { key: 'random-bicubic', text: 'random crop, bicubic, against Pillow', median: 50, worst: 45 },
  { key: 'pad', text: 'padded, against Pillow', median: 50, worst: 45 },
  { key: 'pad-bicubic', text: 'padded, bicubic, against Pillow', median: 50, worst: 45 },
  { key: 'squash', text: 'squashed, against Pillow', median: 50, worst: 45 },
  { key: 'squash-bicubic', text: 'squashed, bicubic, against Pillow', median: 50, worst: 45 },
  { key: 'color', text: 'colour, against torchvision on the same crops', median: 50 },
  { key: 'whole', text: "colour, against torchvision on Pillow's crops", median: 50 },
  { key: 'center-plain', text: 'centre crop, fast against plain decoder', median: 50, worst: 45 },
  { key: 'random-plain', text: 'random crop, fast against plain decoder', median: 50, worst: 45 },
  { key: 'color-plain', text: 'colour, fast against plain decoder', median: 50 },
];

/** For all photos: peak signal-to-noise ratio in decibels (null: identical) and the largest difference in levels. */
interface Measured {
  key: string;
  median: number | null;
  worst: number | null;
  largest: number;
}

/** Measures `photos` files, evenly spread over the list, and prints a table; exits 1 if a bound is missed. */
export async function measureQuality(
  files: string[],
  { photos, json }: { photos: number; json?: string },
): Promise<void> {
  checkOutput('--json', json);
  const step = Math.max(1, files.length / photos);
  const chosen = Array.from({ length: Math.min(photos, files.length) }, (_, i) => {
    return files[Math.floor(i * step)] as string;
  });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-quality-'));
  try {
    const plain = progressiveCopies(chosen, folder);
    const series: Record<string, unknown> = {};
    for (const [name, one] of Object.entries({ ...decoded, ...resized })) {
      series[name] = await render(chosen, one, path.join(folder, `${name}.f32`));
    }
    for (const [name, one] of Object.entries(decoded)) {
      series[`${name}-plain`] = await render(plain, one, path.join(folder, `${name}-plain.f32`));
    }
    const given = { files: chosen, plain, series, strengths: everything };
    writeFileSync(path.join(folder, 'series.json'), JSON.stringify(given));
    const rows = askPython<Measured[]>('quality/quality.py', folder);
    report(rows, chosen.length);
    await writeJson(json, rows);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The same coefficients in progressive scans, which libjpeg-turbo decodes instead of Bobbin's own decoder:
 * so the public API takes the plain path.
 */
function progressiveCopies(files: string[], folder: string): string[] {
  const copies = path.join(folder, 'progressive');
  mkdirSync(copies);
  return files.map((file, i) => {
    const copy = path.join(copies, `${i}.jpg`);
    jpegtran(['-copy', 'all', '-progressive', '-outfile', copy, file]);
    return copy;
  });
}

/** Renders one epoch into `target`, as float32 levels in the order of the files; returns it with the recipes. */
async function render(files: string[], { augmentation, resizing }: Series, target: string) {
  const loader = createLoader({
    samples: files.map((path) => ({ path, label: 0 })),
    preprocessing: { ...preprocessing, ...resizing },
    augmentation,
    damaged: 'fail',
  });
  try {
    const { crop } = preprocessing;
    const pixels = new Float32Array(files.length * crop * crop * 3);
    let written = 0;
    for await (const batch of loader.epoch(0)) {
      const values = batch.pixels();
      pixels.set(values, written);
      written += values.length;
      batch.release();
    }
    writeFileSync(target, pixels);
    const recipes = await Promise.all(
      files.map(async (file, sample) => {
        const { autoOrient } = await sharp(file).metadata();
        return loader.recipesOf(sample, autoOrient)[0];
      }),
    );
    return { pixels: target, recipes, filter: resizing?.filter ?? 'bilinear' };
  } finally {
    loader.close();
  }
}

function report(rows: Measured[], photos: number): void {
  const decibels = (value: number | null) => (value === null ? 'identical' : value.toFixed(1));
  const cells = measures.map(({ key, text, median, worst }) => {
    const row = rows.find((one) => one.key === key);
    if (!row) {
      throw new Error(`quality.py measured no ${key}`);
    }
    const met = (value: number | null, bound = 0) => value === null || value >= bound;
    const kept = met(row.median, median) && met(row.worst, worst);
    if (!kept) {
      process.exitCode = 1;
    }
    const asked = worst === undefined ? `median ${median}` : `median ${median}, worst ${worst}`;
    const verdict = `${asked}: ${kept ? 'met' : 'MISSED'}`;
    return [text, decibels(row.median), decibels(row.worst), row.largest.toFixed(1), verdict];
  });
  console.log(`PSNR in dB over ${photos} photos, unrounded float32 levels of 0…255\n`);
  console.log(textTable(['pixels', 'median', 'worst', 'largest difference', 'asked'], cells));
}
