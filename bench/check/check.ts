/** Checks a contender's pixels before it is timed: the bounds and their reasons are here; judge.py measures. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Change, Contender } from '../contenders.js';
import { everything, type Job, side } from '../job.js';
import { askPython, measure } from '../measure.js';
import type { CheckPictures } from './check-pictures.js';

/** The plain resize: PSNR against Pillow's in dB, and the largest difference of a channel's mean from Pillow's, in levels. */
export interface Resized {
  median: number;
  worst: number;
  bias: number;
}

/** The spread of each factor over the pictures, for hue in turns; the mean deviation of the noise in levels. */
export type Colours = Record<Change, number>;

/** Means over random windows, as shares of the picture; `ratio` is the logarithm of width over height. */
export interface Windows {
  area: number;
  ratio: number;
  x: number;
  y: number;
  mirrored: number;
}

/** The judge resizes to the received size, so the size is checked here. */
export function shapeComplaint(shape: number[]) {
  const kept = [`${side},${side},3`, `3,${side},${side}`].includes(`${shape}`);
  return kept ? undefined : `renders images of ${shape.join('×')}`;
}

/**
 * With Pillow's filter only rounding differs: over 50 dB. Without antialiasing we measured 39 dB, with
 * the fast inverse transform 43; swapped channels, other shapes and shifts by a pixel stay below 30.
 */
export function resizeComplaint({ median, bias }: Resized, { coarse = false }: Contender) {
  const least = coarse ? 35 : 50;
  if (!(median >= least)) {
    return `resizes to ${median.toFixed(1)} dB of Pillow, not ${least}`;
  }
  const most = coarse ? 1.5 : 0.5;
  if (!(bias <= most)) {
    return `a channel's mean is ${bias.toFixed(2)} levels from Pillow's`;
  }
  return undefined;
}

/**
 * A uniform factor's spread is its strength / √3. Clamps after each operation and hue in HSV change the
 * result by up to a quarter; if only every second picture changes, the result changes by a third.
 */
export function colourComplaint(colours: Colours, { lacks = [] }: Contender) {
  for (const [name, strength] of Object.entries(everything) as [Change, number][]) {
    const share = colours[name] / (name === 'noise' ? strength : strength / Math.sqrt(3));
    const kept = lacks.includes(name) ? share < 0.5 : share > 0.7 && share < 1.3;
    if (!kept) {
      return `${name} of ${share.toFixed(2)} times the strength asked`;
    }
  }
  return undefined;
}

/** Mean share of the ramp in torchvision's windows: windows that do not fit are drawn again. */
const usualArea = 0.437;

/** Four standard errors of 512 windows; the deviation of one window is 0.17 to 0.25, and ½ for the mirror. */
export function windowsComplaint(windows: Windows, { area = usualArea }: Contender) {
  const wanted: Record<keyof Windows, [number, number]> = {
    area: [area, 0.045],
    ratio: [0, 0.08],
    x: [0.5, 0.03],
    y: [0.5, 0.03],
    mirrored: [0.5, 0.09],
  };
  for (const [name, [middle, reach]] of Object.entries(wanted)) {
    const value = windows[name as keyof Windows];
    if (!(Math.abs(value - middle) <= reach)) {
      return `windows with a mean ${name} of ${value.toFixed(3)}, not ${middle} ± ${reach}`;
    }
  }
  return undefined;
}

const askJudge = <Answer>(request: object) =>
  askPython<Answer>('check/judge.py', JSON.stringify(request));

/** Renders the check's pictures three times for two epochs; returns the first fault, or undefined. */
export async function check(contender: Contender, pictures: CheckPictures) {
  const { squares, ramps } = pictures;
  const [plain, pixels] = ['plain.f32', 'pixels.f32'].map((name) =>
    path.join(pictures.folder, name),
  ) as [string, string];
  const render = (job: Pick<Job, 'files' | 'load' | 'whole' | 'pixels' | 'workspace'>) =>
    measure(contender, { ...job, threads: 1, batchSize: 64, seconds: 0 });
  const whole = { ...squares, whole: true };
  try {
    const { shape } = await render({ ...whole, load: 'crop', pixels: plain });
    const wrongShape = shapeComplaint(shape);
    if (wrongShape) {
      return wrongShape;
    }
    const seen = { shape, files: [...squares.files, ...squares.files] };
    const resized = askJudge<Resized>({ look: 'resize', ...seen, pixels: plain });
    await render({ ...whole, load: 'everything', pixels });
    const colours = askJudge<Colours>({ look: 'colour', ...seen, pixels, plain });
    await render({ ...ramps, whole: false, load: 'crop', pixels });
    const windows = askJudge<Windows>({ look: 'windows', shape, pixels, ratio: ramps.ratio });
    return (
      resizeComplaint(resized, contender) ??
      colourComplaint(colours, contender) ??
      windowsComplaint(windows, contender)
    );
  } finally {
    for (const file of [plain, pixels]) {
      rmSync(file, { force: true });
    }
  }
}

/** Pillow also uses libjpeg-turbo with its defaults: the yardstick's pixels are equal, except for the last bit between versions. */
export async function checkDecode(decode: Contender, { squares }: CheckPictures) {
  const job = { ...squares, load: 'crop', whole: true, pixels: null } as const;
  const { mean = Number.NaN } = await measure(decode, {
    ...job,
    threads: 1,
    batchSize: 1,
    seconds: 0,
  });
  const wanted = askJudge<{ mean: number }>({ look: 'decode', files: squares.files });
  if (Math.abs(mean - wanted.mean) < 0.01) {
    return undefined;
  }
  return `decodes to a mean level of ${mean.toFixed(3)}, Pillow to ${wanted.mean.toFixed(3)}`;
}
