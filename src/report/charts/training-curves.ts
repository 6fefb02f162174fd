/** Charts of a run by epoch: loss, accuracy, learning rate, images a second and the share of waiting. */
import type { Markish } from '@observablehq/plot';
import { bestEpoch } from '../../training/index.js';
import { isWhole, percent, shortNumber } from './numbers.js';
import { type Chart, type Plot, usualWidth } from './render.js';
import { ink } from './theme.js';
import { type Axis, type EndLabel, extent, xyChart } from './xy.js';

/** One epoch of a run, e.g. an `EpochRecord`. A number that is not finite, or null, is drawn as a gap with a cross. */
export interface CurvePoint {
  /** From 1. */
  epoch: number;
  loss: number;
  /** 0…1. */
  accuracy: number;
  /** Absent without a validation split, as is the accuracy. */
  validationLoss?: number | undefined;
  validationAccuracy?: number | undefined;
  learningRate?: number | undefined;
  /** While training. */
  imagesPerSecond?: number | undefined;
  /** Share of the training time spent waiting for the next batch, 0…1. */
  waitShare?: number | undefined;
}

export interface CurveOptions {
  /** By default what is drawn, e.g. `Loss`. */
  title?: string | undefined;
  /** The epoch to mark, by default that of {@link bestEpoch}. */
  best?: number | undefined;
  width?: number | undefined;
}

/** The loss of training and validation. Epochs ascend. */
export const lossChart = (history: readonly CurvePoint[], options: CurveOptions = {}) =>
  epochChart(history, options, {
    title: 'Loss',
    label: 'mean over the images',
    lines: [training('loss'), validation('validationLoss')],
    floor: 0,
  });

/** The accuracy of training and validation, 0…1. `name` is what it is called, e.g. of a task of any number of labels. */
export const accuracyChart = (
  history: readonly CurvePoint[],
  { name = 'accuracy', ...options }: CurveOptions & { name?: string } = {},
) =>
  epochChart(history, options, {
    title: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    label: 'share of right answers',
    lines: [training('accuracy'), validation('validationAccuracy')],
    ceiling: 1,
  });

/** The learning rate of each epoch's last step. */
export const learningRateChart = (history: readonly CurvePoint[], options: CurveOptions = {}) =>
  epochChart(history, options, {
    title: 'Learning rate',
    label: 'at the last step of the epoch',
    lines: [single('learningRate', ink.fourth)],
    floor: 0,
  });

/** The images a second of each epoch's training. */
export const speedChart = (history: readonly CurvePoint[], options: CurveOptions = {}) =>
  epochChart(history, options, {
    title: 'Speed',
    label: 'images a second, while training',
    lines: [single('imagesPerSecond', ink.third)],
    floor: 0,
    digits: 0,
  });

/** The share of each epoch's training time in which the network waited for images. */
export const waitShareChart = (history: readonly CurvePoint[], options: CurveOptions = {}) =>
  epochChart(history, options, {
    title: 'Waiting for images',
    label: 'share of the training time',
    lines: [single('waitShare', ink.third)],
    floor: 0,
    format: (tick) => percent(tick, isWhole(100 * tick) ? 0 : 1),
    last: (value) => percent(value, 1),
  });

interface LineKind {
  key: Exclude<keyof CurvePoint, 'epoch'>;
  /** Empty where the chart has one line only. */
  name: string;
  colour: string;
}

const training = (key: LineKind['key']): LineKind => ({ key, name: 'training', colour: ink.first });
const validation = (key: LineKind['key']): LineKind => ({
  key,
  name: 'validation',
  colour: ink.second,
});
const single = (key: LineKind['key'], colour: string): LineKind => ({ key, name: '', colour });

interface EpochKind {
  title: string;
  label: string;
  lines: readonly LineKind[];
  floor?: number;
  ceiling?: number;
  format?: Axis['format'];
  /** Digits of the last value. */
  digits?: number;
  /** How the last value is written, in place of its digits. */
  last?: (value: number) => string;
}

interface Line extends LineKind {
  points: { epoch: number; value: number }[];
}

const height = 300;

async function epochChart(
  history: readonly CurvePoint[],
  { title, best = bestEpoch(history)?.epoch, width = usualWidth }: CurveOptions,
  kind: EpochKind,
): Promise<Chart> {
  const lines = kind.lines.map((line) => pointsOf(history, line)).filter(hasPoints);
  const epochs = history.map(({ epoch }) => epoch);
  const values = lines.flatMap(({ points }) => points.map(({ value }) => value));
  const { format } = kind;
  const panel = {
    height,
    x: epochAxis(epochs[0] ?? 1, epochs.at(-1) ?? 1, width),
    y: { label: kind.label, domain: extent(values, kind), nice: true, ...(format && { format }) },
    marks: (plot: Plot) => [
      ...bestMarks(plot, lines, best, epochs),
      ...lines.flatMap((line, row) => lineMarks(plot, line, row)),
    ],
    none: lines.length === 0 ? 'no epochs' : undefined,
    endLabels: lines.map((line) => endLabel(line, kind)),
  };
  return await xyChart({
    title: title ?? kind.title,
    width,
    description: described(lines, epochs),
    panels: [panel],
  });
}

/** JSON has null for a number that is not finite. */
const pointsOf = (history: readonly CurvePoint[], line: LineKind): Line => ({
  ...line,
  points: history.flatMap((point) => {
    const value = point[line.key];
    return value === undefined ? [] : [{ epoch: point.epoch, value: value ?? Number.NaN }];
  }),
});

const hasPoints = ({ points }: Line) => points.length > 0;

function epochAxis(first: number, last: number, width: number): Axis {
  const most = Math.min(10, Math.floor(width / 45));
  const step = Math.max(1, Math.ceil((last - first) / most));
  const count = Math.floor((last - first) / step) + 1;
  const ticks = Array.from({ length: count }, (_, index) => first + index * step);
  const domain = last > first ? ([first, last] as const) : ([first - 0.5, first + 0.5] as const);
  return { label: 'epoch', domain, ticks, format: (tick) => `${tick}` };
}

/** The line, interrupted where a value is not finite: there a cross is drawn at the top, in the line's own row. */
function lineMarks(plot: Plot, { points, colour }: Line, row: number): Markish[] {
  const isAlone = (index: number) =>
    ![points[index - 1], points[index + 1]].some((near) => Number.isFinite(near?.value));
  const dots = points.filter(
    ({ value }, index) => Number.isFinite(value) && (points.length <= 40 || isAlone(index)),
  );
  const absent = points.filter(({ value }) => !Number.isFinite(value));
  return [
    plot.line(points, { x: 'epoch', y: 'value', stroke: colour, strokeWidth: 2.2 }),
    plot.dot(dots, { x: 'epoch', y: 'value', fill: colour, r: 2.6 }),
    plot.dot(absent, {
      x: 'epoch',
      frameAnchor: 'top',
      symbol: 'times',
      stroke: colour,
      strokeWidth: 2,
      r: 4,
      dy: 8 + 12 * row,
    }),
  ];
}

/** A line down from the words `best epoch`, and a ring around its value of validation. */
function bestMarks(
  plot: Plot,
  lines: readonly Line[],
  best: number | undefined,
  epochs: readonly number[],
): Markish[] {
  const judged = lines.find(({ name }) => name === 'validation');
  const at = judged?.points.filter(({ epoch, value }) => epoch === best && Number.isFinite(value));
  if (at === undefined || at.length === 0 || best === undefined) {
    return [];
  }
  const [first = best, last = best] = [epochs[0], epochs.at(-1)];
  const isRight = best > (first + last) / 2;
  return [
    plot.ruleX([best], { stroke: ink.quiet, strokeDasharray: '3 3' }),
    plot.text([best], {
      x: [best],
      text: [`best epoch: ${best}`],
      frameAnchor: 'top',
      lineAnchor: 'bottom',
      textAnchor: isRight ? 'end' : last === first ? 'middle' : 'start',
      dy: -14,
      fill: ink.text,
    }),
    plot.dot(at, { x: 'epoch', y: 'value', stroke: ink.text, strokeWidth: 1.4, r: 6.5 }),
  ];
}

function endLabel({ name, colour, points }: Line, kind: EpochKind): EndLabel {
  const value = points.at(-1)?.value ?? Number.NaN;
  const { digits = 3, last = (each) => shortNumber(each, digits) } = kind;
  const written = Number.isFinite(value) ? last(value) : shortNumber(value, digits);
  return { lines: name === '' ? [written] : [name, written], colour, y: value };
}

/** From the first epoch to the last, with the greatest and the least value between. */
function described(lines: readonly Line[], epochs: readonly number[]): string {
  if (lines.length === 0) {
    return 'There are no epochs.';
  }
  const sentences = lines.map(({ name, points }) => {
    const [from, to] = [points[0], points.at(-1)].map((each) =>
      shortNumber(each?.value ?? Number.NaN, 3),
    );
    return `${name === '' ? 'The line' : name} goes from ${from} to ${to}`;
  });
  return `Epochs ${epochs[0]} to ${epochs.at(-1)}. ${sentences.join('; ')}.`;
}
