/** Draws curves.png: the loss and accuracy of a run by epoch, in training and validation. */
import { type Drawing, ink, savePicture, text } from './drawing.js';

/** One epoch of a run; without a validation split it has no validation values. */
export interface CurvePoint {
  epoch: number;
  loss: number;
  accuracy: number;
  validationLoss?: number;
  validationAccuracy?: number;
}

interface Line {
  name: string;
  colour: string;
  points: { x: number; y: number }[];
}

interface Panel {
  title: string;
  left: number;
  lines: Line[];
  /** Bounds that the axis must include, e.g. 0…1 for a share. */
  floor?: number;
  ceiling?: number;
}

const width = 1010;
const height = 420;
const plot = { top: 84, bottom: 368, width: 350 };

/** Writes the curves of `history` (at least one epoch, ascending) to the PNG `file`. */
export async function drawCurves(
  history: CurvePoint[],
  file: string,
  title = 'Training',
): Promise<void> {
  await savePicture(curves(history, title), file);
}

function curves(history: CurvePoint[], title: string): Drawing {
  const line = (
    name: string,
    colour: string,
    value: (point: CurvePoint) => number | undefined,
  ) => ({
    name,
    colour,
    points: history.flatMap((point) => {
      const y = value(point);
      return y === undefined || !Number.isFinite(y) ? [] : [{ x: point.epoch, y }];
    }),
  });
  const panels: Panel[] = [
    {
      title: 'Loss',
      left: 60,
      floor: 0,
      lines: [
        line('training', ink.first, (point) => point.loss),
        line('validation', ink.second, (point) => point.validationLoss),
      ],
    },
    {
      title: 'Accuracy',
      left: 550,
      ceiling: 1,
      lines: [
        line('training', ink.first, (point) => point.accuracy),
        line('validation', ink.second, (point) => point.validationAccuracy),
      ],
    },
  ];
  const epochs = history.map((point) => point.epoch);
  const span: [number, number] = [Math.min(...epochs), Math.max(...epochs)];
  const elements = [text(24, 30, title, { size: 17, bold: true })];
  for (const panel of panels) {
    elements.push(...drawPanel(panel, span));
  }
  return { width, height, elements };
}

function drawPanel(panel: Panel, [first, last]: [number, number]): string[] {
  const { ticks, low, high, digits } = axis(panel);
  const right = panel.left + plot.width;
  const x = (epoch: number) =>
    last === first
      ? panel.left + plot.width / 2
      : panel.left + ((epoch - first) / (last - first)) * plot.width;
  const y = (value: number) =>
    plot.bottom - ((value - low) / (high - low)) * (plot.bottom - plot.top);
  const elements = [text(panel.left, plot.top - 14, panel.title, { colour: ink.quiet, size: 14 })];
  for (const tick of ticks) {
    elements.push(
      `<line x1="${panel.left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}" stroke="${ink.grid}"/>`,
      text(panel.left - 8, y(tick) + 4, tick.toFixed(digits), {
        size: 12,
        colour: ink.quiet,
        anchor: 'end',
      }),
    );
  }
  for (const epoch of epochTicks(first, last)) {
    elements.push(
      text(x(epoch), plot.bottom + 20, `${epoch}`, {
        size: 12,
        colour: ink.quiet,
        anchor: 'middle',
      }),
    );
  }
  elements.push(
    text((panel.left + right) / 2, plot.bottom + 40, 'epoch', {
      size: 12,
      colour: ink.quiet,
      anchor: 'middle',
    }),
  );
  const drawn = panel.lines.filter((line) => line.points.length > 0);
  for (const line of drawn) {
    elements.push(...drawLine(line, x, y));
  }
  return [...elements, ...endLabels(drawn, right + 10, y, digits)];
}

function drawLine(line: Line, x: (v: number) => number, y: (v: number) => number): string[] {
  const at = line.points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`);
  const dots = line.points.length > 40 ? [] : at;
  return [
    `<polyline points="${at.join(' ')}" fill="none" stroke="${line.colour}" stroke-width="2.2" stroke-linejoin="round"/>`,
    ...dots.map((dot) => {
      const [cx, cy] = dot.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="2.8" fill="${line.colour}"/>`;
    }),
  ];
}

/** Each line's name and last value beside its end, pushed apart where they would overlap. */
function endLabels(lines: Line[], x: number, y: (v: number) => number, digits: number): string[] {
  const labels = lines
    .map((line) => {
      const value = line.points[line.points.length - 1]?.y as number;
      return { line, value, y: y(value) };
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
  if (overshoot > 0) {
    for (const label of labels) {
      label.y -= overshoot;
    }
  }
  return labels.flatMap((label) => [
    text(x, label.y, label.line.name, { size: 12, colour: label.line.colour, bold: true }),
    text(x, label.y + 14, label.value.toFixed(Math.max(3, digits)), {
      size: 12,
      colour: label.line.colour,
    }),
  ]);
}

/** Tick values, round numbers, that enclose every point of the panel. */
function axis(panel: Panel): { ticks: number[]; low: number; high: number; digits: number } {
  const values = panel.lines.flatMap((line) => line.points.map((point) => point.y));
  const least = panel.floor ?? Math.min(...values);
  const most = panel.ceiling ?? Math.max(...values);
  const range = most - least > 1e-9 ? most - least : 1;
  const magnitude = 10 ** Math.floor(Math.log10(range / 4));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((size) => range / size <= 5) ??
    10 * magnitude;
  const low = Math.floor(least / step + 1e-9) * step;
  const high = Math.max(Math.ceil(most / step - 1e-9) * step, low + step);
  const count = Math.round((high - low) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => low + index * step);
  const digits = ticks.every((tick) => Math.abs(tick * 10 - Math.round(tick * 10)) < 1e-6) ? 1 : 2;
  return { ticks, low, high, digits };
}

function epochTicks(first: number, last: number): number[] {
  const step = Math.max(1, Math.ceil((last - first) / 10));
  const ticks: number[] = [];
  for (let epoch = first; epoch <= last; epoch += step) {
    ticks.push(epoch);
  }
  return ticks;
}
