/** Draws curves.png: loss, accuracy and learning rate of a run by epoch. */
import { checkArgument, list, text as words } from '../arguments.js';
import { bestEpoch } from '../training/index.js';
import { type Axis, axisOf, type Bounds, shortNumber } from './axis.js';
import { type Drawing, ink, savePicture, text } from './drawing.js';

/** One epoch of a run, e.g. an {@link EpochRecord}. A number that is not finite, or null, is drawn as a gap with a cross. */
export interface CurvePoint {
  /** From 1. */
  epoch: number;
  loss: number;
  /** 0…1. */
  accuracy: number;
  /** Absent without a validation split, as is the accuracy. */
  validationLoss?: number;
  validationAccuracy?: number;
  learningRate?: number;
}

interface Line {
  name: string;
  colour: string;
  /** `y` may be NaN. */
  points: { x: number; y: number }[];
}

interface Panel extends Bounds {
  title: string;
  left: number;
  width: number;
  lines: Line[];
}

/** A panel's place on the paper: units of its epochs and values. */
interface Scale {
  x(epoch: number): number;
  y(value: number): number;
  axis: Axis;
}

const height = 420;
const plot = { top: 84, bottom: 368 };
const quiet = { size: 12, colour: ink.quiet };

/**
 * Writes the curves of `history` (epochs ascending) to the PNG `file`, with a ring around the epoch `best`, by default that of the
 * highest validation accuracy; of several, that of the lowest validation loss, and the first of those.
 *
 * @throws InvalidInputError when an argument is missing or of another kind.
 */
export async function drawCurves(
  history: readonly CurvePoint[],
  file: string,
  title = 'Training',
  best?: number,
): Promise<void> {
  checkArgument('history', history, list('a list of epochs'));
  checkArgument('file', file, words('the path of a file'));
  await savePicture(curves(history, title, best), file);
}

/** The drawing of {@link drawCurves}. */
export function curves(
  history: readonly CurvePoint[],
  title: string,
  best = bestEpoch(history)?.epoch,
): Drawing {
  const line = (name: string, colour: string, key: keyof CurvePoint): Line => ({
    name,
    colour,
    points: history.flatMap((point) => {
      const value = point[key];
      // JSON has null for a number that is not finite.
      return value === undefined ? [] : [{ x: point.epoch, y: value ?? Number.NaN }];
    }),
  });
  const panels: Panel[] = [
    {
      title: 'Loss',
      left: 60,
      width: 350,
      floor: 0,
      lines: [
        line('training', ink.first, 'loss'),
        line('validation', ink.second, 'validationLoss'),
      ],
    },
    {
      title: 'Accuracy',
      left: 550,
      width: 350,
      ceiling: 1,
      lines: [
        line('training', ink.first, 'accuracy'),
        line('validation', ink.second, 'validationAccuracy'),
      ],
    },
    {
      title: 'Learning rate',
      left: 1060,
      width: 180,
      floor: 0,
      lines: [line('', ink.quiet, 'learningRate')],
    },
  ];
  const drawn = panels.filter(({ lines }) => lines.some(({ points }) => points.length > 0));
  const epochs = history.map(({ epoch }) => epoch);
  const span: [number, number] = [epochs[0] ?? 1, epochs[epochs.length - 1] ?? 1];
  const elements = [text(24, 30, title, { size: 17, bold: true })];
  for (const panel of drawn) {
    elements.push(...drawPanel(panel, span, best));
  }
  return { width: drawn.length < panels.length ? 1010 : 1320, height, elements };
}

function drawPanel(panel: Panel, span: [number, number], best: number | undefined): string[] {
  const { title, left, width, lines } = panel;
  const scale = scaleOf(panel, span);
  const right = left + width;
  const elements = [
    text(left, plot.top - 14, title, { colour: ink.quiet, size: 14 }),
    ...frame(panel, span, scale),
  ];
  for (const [row, line] of lines.entries()) {
    elements.push(...drawLine(line, scale, row));
  }
  const judged = lines.find(({ name }) => name === 'validation');
  const ring = judged?.points.find(({ x }) => x === best);
  if (ring !== undefined && Number.isFinite(ring.y)) {
    elements.push(
      `<circle cx="${scale.x(ring.x)}" cy="${scale.y(ring.y)}" r="6.5" fill="none" stroke="${ink.text}" stroke-width="1.4"/>`,
      text(right, plot.top - 14, `○ best epoch: ${best}`, { ...quiet, anchor: 'end' }),
    );
  }
  return [...elements, ...endLabels(lines, right + 10, scale)];
}

function scaleOf(panel: Panel, [first, last]: [number, number]): Scale {
  const { left, width, lines } = panel;
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y).filter(Number.isFinite));
  const axis = axisOf(values, panel);
  const { low, high } = axis;
  return {
    axis,
    x: (epoch) => left + width * (last === first ? 1 / 2 : (epoch - first) / (last - first)),
    y: (value) => plot.bottom - ((value - low) / (high - low)) * (plot.bottom - plot.top),
  };
}

/** The grid with its numbers. */
function frame({ left, width }: Panel, span: [number, number], { axis, x, y }: Scale): string[] {
  const right = left + width;
  const values = axis.ticks.flatMap((tick) => [
    `<path d="M${left} ${y(tick)}H${right}" stroke="${ink.grid}"/>`,
    text(left - 8, y(tick) + 4, axis.label(tick), { ...quiet, anchor: 'end' }),
  ]);
  const epochs = epochTicks(span, width / 35).map((epoch) =>
    text(x(epoch), plot.bottom + 20, `${epoch}`, { ...quiet, anchor: 'middle' }),
  );
  const title = text((left + right) / 2, plot.bottom + 40, 'epoch', { ...quiet, anchor: 'middle' });
  return [...values, ...epochs, title];
}

/** The line, interrupted where a value is not finite: there a cross is drawn at the top, in the line's own row. */
function drawLine({ points, colour }: Line, { x, y }: Scale, row: number): string[] {
  const runs: string[][] = [[]];
  const crosses: string[] = [];
  for (const point of points) {
    if (Number.isFinite(point.y)) {
      runs[runs.length - 1]?.push(`${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`);
    } else {
      runs.push([]);
      const [left, top] = [x(point.x) - 4, plot.top + 4 + 12 * row];
      const path = `M${left} ${top}l8 8m-8 0l8 -8`;
      crosses.push(`<path d="${path}" stroke="${colour}" stroke-width="2.2"/>`);
    }
  }
  const drawn = runs.filter((run) => run.length > 0);
  const dots = points.length > 40 ? drawn.filter(({ length }) => length === 1) : drawn;
  return [
    ...drawn.map(
      (run) =>
        `<polyline points="${run.join(' ')}" fill="none" stroke="${colour}" stroke-width="2.2" stroke-linejoin="round"/>`,
    ),
    ...dots.flat().map((dot) => {
      const [cx, cy] = dot.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="2.8" fill="${colour}"/>`;
    }),
    ...crosses,
  ];
}

/** Each line's name and last value beside its end, pushed apart where they would overlap. */
function endLabels(lines: Line[], x: number, scale: Scale): string[] {
  const labels = lines
    .flatMap(({ name, colour, points }) => {
      const value = points[points.length - 1]?.y;
      // The cross of a value that is not finite is at the top.
      const y = value !== undefined && Number.isFinite(value) ? scale.y(value) : plot.top + 8;
      return value === undefined ? [] : [{ name, colour, value, y }];
    })
    .sort((a, b) => a.y - b.y);
  const gap = 32;
  labels.forEach((label, index) => {
    const above = labels[index - 1];
    if (above !== undefined) {
      label.y = Math.max(label.y, above.y + gap);
    }
  });
  const overshoot = (labels[labels.length - 1]?.y ?? 0) + 12 - plot.bottom;
  return labels.flatMap(({ name, colour, value, y }) => {
    const top = y - Math.max(0, overshoot);
    return [
      text(x, top, name, { size: 12, colour, bold: true }),
      text(x, top + 14, shortNumber(value, 3), { size: 12, colour }),
    ];
  });
}

function epochTicks([first, last]: [number, number], most: number): number[] {
  const step = Math.max(1, Math.ceil((last - first) / Math.min(10, Math.floor(most))));
  const ticks: number[] = [];
  for (let epoch = first; epoch <= last; epoch += step) {
    ticks.push(epoch);
  }
  return ticks;
}
