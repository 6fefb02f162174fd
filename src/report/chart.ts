/** The frame of a chart: axes with their numbers, a grid, and the place of a value on the paper. */
import type { Axis } from './axis.js';
import { ink, text } from './drawing.js';

/** Units of the paper. */
const paper = { width: 760, height: 440 };
const plot = { left: 70, right: 730, top: 64, bottom: 372 };
const quiet = { size: 12, colour: ink.quiet };

interface ChartParts {
  title: string;
  x: Axis & { title: string };
  y: Axis & { title: string };
}

export interface Chart {
  width: number;
  height: number;
  plot: typeof plot;
  /** Title, grid and numbers. */
  elements: string[];
  /** The place of a value on its axis; one beyond an end is placed at that end. */
  x(value: number): number;
  y(value: number): number;
}

export function chartOf({ title, x, y }: ChartParts): Chart {
  const placed =
    ({ low, high }: Axis, from: number, to: number) =>
    (value: number) =>
      from + Math.min(1, Math.max(0, (value - low) / (high - low))) * (to - from);
  const atX = placed(x, plot.left, plot.right);
  const atY = placed(y, plot.bottom, plot.top);
  const middle = (plot.left + plot.right) / 2;
  const elements = [
    text(24, 30, title, { size: 17, bold: true }),
    text(plot.left, plot.top - 10, y.title, { size: 13, colour: ink.quiet }),
    ...y.ticks.flatMap((tick) => [
      `<path d="M${plot.left} ${atY(tick)}H${plot.right}" stroke="${ink.grid}"/>`,
      text(plot.left - 8, atY(tick) + 4, y.label(tick), { ...quiet, anchor: 'end' }),
    ]),
    ...x.ticks.flatMap((tick) => [
      `<path d="M${atX(tick)} ${plot.top}V${plot.bottom}" stroke="${ink.grid}"/>`,
      text(atX(tick), plot.bottom + 20, x.label(tick), { ...quiet, anchor: 'middle' }),
    ]),
    text(middle, plot.bottom + 44, x.title, { size: 13, colour: ink.quiet, anchor: 'middle' }),
  ];
  return { ...paper, plot, elements, x: atX, y: atY };
}

/** A line through points of the paper. */
export const polyline = (points: readonly (readonly [number, number])[], colour: string): string =>
  `<polyline points="${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="2.2" stroke-linejoin="round"/>`;

export const dot = (x: number, y: number, colour: string, radius = 2.8): string =>
  `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" fill="${colour}"/>`;
