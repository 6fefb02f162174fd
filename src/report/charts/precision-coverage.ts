/** The precision–coverage curve: how precise the surest answers are, for any share of the images that is answered. */
import { percent } from './numbers.js';
import { type Chart, usualWidth, type Words } from './render.js';
import { fitted } from './text-width.js';
import { seriesStyle } from './theme.js';
import { extent, xyChart } from './xy.js';

/** The curve of one run or task. */
export interface CoverageCurve {
  name: string;
  /** By ascending coverage: the share of right answers among the surest images, and which share of all images these are; 0…1. */
  points: readonly { coverage: number; precision: number }[];
}

export interface CoverageParts extends Words {
  curves: readonly CoverageCurve[];
  width?: number;
}

/** The curves, each in its own colour, with its name and its precision at full coverage beside its end. */
export async function precisionCoverageChart({
  curves,
  width = usualWidth,
  ...words
}: CoverageParts): Promise<Chart> {
  const lines = curves.map(({ name, points }, index) => ({
    name,
    points: thinned(points),
    ...seriesStyle(index),
    last: points.at(-1)?.precision ?? Number.NaN,
  }));
  const precisions = lines.flatMap(({ points }) => points.map(({ precision }) => precision));
  const shares = { ticks: 5, format: (tick: number) => percent(tick) };
  return await xyChart({
    ...words,
    width,
    description: lines
      .map(
        ({ name, last }) => `${name}: precision ${percent(last, 1)} when all images are answered.`,
      )
      .join(' '),
    panels: [
      {
        height: 320,
        x: { ...shares, label: 'coverage: share of the images that is answered', domain: [0, 1] },
        y: {
          ...shares,
          label: 'precision',
          domain: extent(precisions, { ceiling: 1 }),
          nice: true,
        },
        marks: (plot) =>
          lines.map(({ points, colour, dash }) =>
            plot.line(points, {
              x: 'coverage',
              y: 'precision',
              stroke: colour,
              strokeWidth: 2.2,
              ...(dash !== undefined && { strokeDasharray: dash }),
            }),
          ),
        endLabels: lines.map(({ name, colour, last }) => ({
          lines: [fitted(name, width / 4, { bold: true }), percent(last, 1)],
          colour,
          y: last,
        })),
      },
    ],
  });
}

const mostPoints = 300;

/** At most about `mostPoints` points, at even distances, with the first and the last one. */
function thinned<Point>(points: readonly Point[]): Point[] {
  const step = Math.max(1, points.length / mostPoints);
  const kept = new Set<number>();
  for (let place = 0; place < points.length; place += step) {
    kept.add(Math.floor(place));
  }
  return points.filter((_, place) => kept.has(place) || place === points.length - 1);
}
