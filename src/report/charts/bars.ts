/** Rows of horizontal bars or points, each with its name at the left and its number at the right. */
import type { Markish } from '@observablehq/plot';
import { tickLabel } from './numbers.js';
import {
  type Chart,
  type KeyEntry,
  loadPlot,
  type Plot,
  renderChart,
  usualWidth,
  type Words,
} from './render.js';
import { fitted, textWidth } from './text-width.js';
import { bold, ink } from './theme.js';

export interface Row {
  /** What the row is; of two, the first stands in a column of its own. */
  names: readonly string[];
  /** Where the row's number is written. */
  end: number;
  /** The number. */
  note: string;
  isBold?: boolean;
}

export interface RowAxis {
  /** Its name and unit. */
  label: string;
  format?: (tick: number, index: number, ticks: readonly number[]) => string;
}

export interface RowsParts extends Words {
  description: string;
  width?: number | undefined;
  key?: readonly KeyEntry[];
  rows: readonly Row[];
  /** Above the columns of names; none without them. */
  headings?: readonly string[];
  /** Said where there are no rows. */
  none?: string;
  /** Ends of the axis. */
  domain: readonly [number, number];
  /** The axis below the rows; none without it. */
  axis?: RowAxis;
  /** Whether each number stands at the right edge, not beside its bar. */
  areNotesAligned?: boolean;
  /** The marks of all rows; `y` is a row's place in `rows`, from 0. */
  marks: (plot: Plot) => Markish[];
}

const pitch = 24;
const gap = 10;
const edge = 16;

/**
 * The chart of these rows, from the top down. Names take two fifths of the width at most, or half where there are two, or three
 * tenths where the numbers are aligned; of longer ones the middle is left out.
 */
export async function rowsChart(parts: RowsParts): Promise<Chart> {
  const { width = usualWidth, rows, headings = [], none, domain, axis, ...words } = parts;
  const plot = await loadPlot();
  const columns = columnsOf(parts, width);
  const widestNote = Math.max(0, ...rows.map(({ note }) => textWidth(note)));
  const marginLeft = edge + columns.reduce((sum, column) => sum + column.width + gap, 0);
  const marginRight = edge + Math.ceil(widestNote) + gap;
  const marginTop = headings.length > 0 ? 24 : 6;
  const marginBottom = axis === undefined ? 8 : 46;
  const ticks = Math.max(2, Math.min(6, Math.floor((width - marginLeft - marginRight) / 55)));
  const isEmpty = none !== undefined && rows.length === 0;
  return await renderChart({
    ...words,
    width,
    plots: [
      {
        height: Math.max(1, rows.length) * pitch + marginTop + marginBottom,
        ...{ marginTop, marginBottom, marginLeft, marginRight },
        x: { type: 'linear', domain: [...domain], axis: null },
        y: {
          type: 'band',
          domain: rows.map((_, place) => place),
          paddingInner: 0.3,
          paddingOuter: 0.15,
          axis: null,
        },
        marks: [
          ...(axis === undefined ? [] : axisMarks(plot, axis, ticks)),
          ...parts.marks(plot),
          ...columns.flatMap((column) => nameMarks(plot, column)),
          ...noteMarks(plot, parts),
          ...(isEmpty ? [plot.text([none], { frameAnchor: 'middle', fill: ink.quiet })] : []),
        ],
      },
    ],
  });
}

/** The names of one column, right-aligned at `end` units left of the bars. */
interface Column {
  names: { name: string; place: number; isBold: boolean }[];
  heading: string | undefined;
  width: number;
  end: number;
}

function columnsOf({ rows, headings = [], areNotesAligned }: RowsParts, width: number): Column[] {
  const count = Math.max(1, ...rows.map(({ names }) => names.length));
  const room = (areNotesAligned ? 0.3 : count === 1 ? 0.4 : 0.5 / count) * width;
  let end = gap;
  const columns = Array.from({ length: count }, (_, right): Column => {
    const index = count - 1 - right;
    const names = rows.map(({ names: all, isBold = false }, place) => {
      return { name: fitted(all[index] ?? '', room, { bold: isBold }), place, isBold };
    });
    const heading = headings[index];
    const texts = [...names.map(({ name }) => name), heading ?? ''];
    const own = Math.ceil(Math.max(24, ...texts.map((name) => textWidth(name, { bold: true }))));
    const column = { names, heading, width: own, end };
    end += own + gap;
    return column;
  });
  return columns.reverse();
}

function nameMarks(plot: Plot, { names, heading, end }: Column): Markish[] {
  const place = { frameAnchor: 'left', textAnchor: 'end', dx: -end } as const;
  const texts = [400, bold].map((fontWeight) =>
    plot.text(
      names.filter(({ isBold }) => isBold === (fontWeight === bold)),
      { ...place, y: 'place', text: 'name', fill: ink.text, fontWeight },
    ),
  );
  const above = { ...place, frameAnchor: 'top-left', lineAnchor: 'bottom', dy: -6 } as const;
  return heading === undefined
    ? texts
    : [...texts, plot.text([heading], { ...above, fill: ink.quiet })];
}

function noteMarks(plot: Plot, { rows, areNotesAligned = false }: RowsParts): Markish[] {
  const each = rows.map(({ end, note }, place) => ({ end, note, place }));
  const text = { y: 'place', text: 'note', fill: ink.quiet, textAnchor: 'start' } as const;
  return [
    areNotesAligned
      ? plot.text(each, { ...text, frameAnchor: 'right', dx: gap })
      : plot.text(each, { ...text, x: 'end', dx: 8 }),
  ];
}

function axisMarks(plot: Plot, { label, format = tickLabel }: RowAxis, count: number): Markish[] {
  const tickFormat = format as (tick: number, index: number) => string;
  const ticks = { ticks: count, tickFormat };
  return [
    plot.gridX({ ...ticks, stroke: ink.grid, strokeOpacity: 1 }),
    plot.axisX({ ...ticks, tickSize: 0, tickPadding: 8, label: null, color: ink.quiet }),
    plot.text([label], { frameAnchor: 'bottom', lineAnchor: 'top', dy: 28, fill: ink.quiet }),
  ];
}
