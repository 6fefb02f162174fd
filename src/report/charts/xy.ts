/** A chart with two axes of numbers in the style of all charts: a grid, the axes' names with their units, room for labels. */
import type { Markish, Scale } from '@observablehq/plot';
import { tickLabel } from './numbers.js';
import {
  type Chart,
  type KeyEntry,
  loadPlot,
  type Plot,
  type PlotPart,
  renderChart,
  type Words,
} from './render.js';
import { textWidth } from './text-width.js';
import { bold, ink } from './theme.js';

/** An axis of numbers. */
export interface Axis {
  /** Its name and unit. */
  label: string;
  /** Ends of the axis. */
  domain: readonly [number, number];
  isLogarithmic?: boolean;
  /** About how many ticks, or which. */
  ticks?: number | readonly number[];
  /** Whether the ends move out to the next ticks. */
  nice?: boolean;
  format?: (tick: number, index: number, ticks: readonly number[]) => string;
}

/** A label beside the end of a line. */
export interface EndLabel {
  /** In lines, the first one bold. */
  lines: readonly string[];
  colour: string;
  /** Where the line ends, on the axis of y. Of a value that is not finite, the label is at the top. */
  y: number;
}

export interface XyPanel {
  height: number;
  x: Axis;
  y: Axis;
  /** Marks over the grid. */
  marks: (plot: Plot) => Markish[];
  /** Said in the middle, where there is nothing to draw. */
  none?: string | undefined;
  endLabels?: readonly EndLabel[];
}

export interface XyParts extends Words {
  description: string;
  width: number;
  key?: readonly KeyEntry[];
  panels: readonly XyPanel[];
}

/** The chart of panels that lie one below the other, with the same margins. */
export async function xyChart({ panels, ...parts }: XyParts): Promise<Chart> {
  const plot = await loadPlot();
  const labels = panels.flatMap(({ endLabels = [] }) => endLabels.flatMap(({ lines }) => lines));
  const widest = Math.max(0, ...labels.map((line) => textWidth(line, { bold: true })));
  const marginRight = 20 + (labels.length > 0 ? widest : 0);
  const plots = panels.map((panel) => panelOf(plot, panel, marginRight));
  return await renderChart({ ...parts, plots });
}

const margin = { marginLeft: 56, marginTop: 30, marginBottom: 46 };
const tickSize = 0;

function panelOf(plot: Plot, panel: XyPanel, marginRight: number): PlotPart {
  const { height, x, y, marks, none, endLabels = [] } = panel;
  const scales = { x: scaleOf(plot, x), y: scaleOf(plot, y) };
  return {
    ...margin,
    marginRight,
    height,
    x: { ...kindOf(x), domain: scales.x.domain as number[] },
    y: { ...kindOf(y), domain: scales.y.domain as number[] },
    marks: [
      plot.gridY({ ...ticksOf(y, 5), stroke: ink.grid, strokeOpacity: 1 }),
      ...(x.isLogarithmic
        ? [plot.gridX({ ...ticksOf(x, 6), stroke: ink.grid, strokeOpacity: 1 })]
        : []),
      plot.axisY({ ...ticksOf(y, 5), ...axisStyle, tickPadding: 8 }),
      plot.axisX({ ...ticksOf(x, 6), ...axisStyle, tickPadding: 8 }),
      plot.text([y.label], {
        frameAnchor: 'top-left',
        lineAnchor: 'bottom',
        dx: 20 - margin.marginLeft - 4,
        dy: -14,
        fill: ink.quiet,
      }),
      plot.text([x.label], { frameAnchor: 'bottom', lineAnchor: 'top', dy: 28, fill: ink.quiet }),
      ...(none === undefined
        ? marks(plot)
        : [plot.text([none], { frameAnchor: 'middle', fill: ink.quiet })]),
      ...placedLabels(plot, endLabels, scales.y, height),
    ],
  };
}

const axisStyle = { tickSize, label: null, color: ink.quiet, fontVariant: 'normal' } as const;

const kindOf = ({ isLogarithmic = false }: Axis) => ({
  type: isLogarithmic ? ('log' as const) : ('linear' as const),
});

const ticksOf = ({ ticks, format = tickLabel }: Axis, usual: number) => ({
  ticks: (ticks ?? usual) as number | number[],
  tickFormat: format as (tick: number, index: number) => string,
});

function scaleOf(plot: Plot, axis: Axis): Scale {
  const { domain, nice = false, ticks } = axis;
  const count = typeof ticks === 'number' ? ticks : 5;
  return plot.scale({ y: { ...kindOf(axis), domain: [...domain], nice: nice ? count : false } });
}

const labelHeight = 15;

/** The labels from the top down, pushed apart where they would overlap, and up where they would leave the plot. */
function placedLabels(plot: Plot, labels: readonly EndLabel[], scale: Scale, height: number) {
  const { marginTop: top, marginBottom } = margin;
  const bottom = height - marginBottom;
  const [low, high] = scale.domain as [number, number];
  const places = labels
    .map((label) => {
      const y = bottom - ((label.y - low) / (high - low)) * (bottom - top);
      return { ...label, place: Number.isFinite(y) ? y : top };
    })
    .sort((a, b) => a.place - b.place);
  const sizes = places.map(({ lines }) => lines.length * labelHeight + 2);
  for (const [index, label] of places.entries()) {
    const above = places[index - 1];
    const least = above === undefined ? top - 6 : above.place + (sizes[index - 1] as number);
    label.place = Math.max(label.place, least);
  }
  let most = bottom + labelHeight;
  for (const [index, label] of [...places.entries()].reverse()) {
    label.place = Math.min(label.place, most - (sizes[index] as number));
    most = label.place;
  }
  return places.flatMap(({ lines, colour, place }) =>
    lines.map((line, row) =>
      plot.text([line], {
        frameAnchor: 'top-right',
        textAnchor: 'start',
        lineAnchor: 'middle',
        dx: 10,
        dy: place - top + row * labelHeight,
        fill: colour,
        fontWeight: row === 0 ? bold : 400,
      }),
    ),
  );
}

/** The least and greatest of the finite values, or the given bounds in their place; never empty. */
export function extent(
  values: readonly number[],
  { floor, ceiling }: { floor?: number | undefined; ceiling?: number | undefined } = {},
): [number, number] {
  const finite = values.filter(Number.isFinite);
  const low = floor ?? finite.reduce((a, b) => Math.min(a, b), finite[0] ?? 0);
  const high = ceiling ?? finite.reduce((a, b) => Math.max(a, b), finite[0] ?? 1);
  if (high > low) {
    return [low, high];
  }
  const room = Math.abs(high) || 1;
  return ceiling === undefined ? [low, low + room] : [high - room, high];
}
