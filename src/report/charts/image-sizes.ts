/** The sizes of a data set's images: a dot for each width and height, the larger, the more images have it. */
import { count } from '../../plural.js';
import { logTicks, shortNumber } from './numbers.js';
import { type Chart, usualWidth, type Words } from './render.js';
import { ink } from './theme.js';
import { xyChart } from './xy.js';

/** Images of the same size. */
export interface SizeCount {
  /** Pixels, at least 1. */
  width: number;
  height: number;
  images: number;
}

export interface SizesParts extends Words {
  sizes: readonly SizeCount[];
  width?: number;
}

/** With more sizes, those within a twelfth of an octave of each other become one dot. */
const mostDots = 300;
const perOctave = 12;

/** The radius of the largest dot: many dots are smaller. */
const largestOf = (dots: number) => (dots > 60 ? 9 : 18);

/** A dot for each size on logarithmic axes of one scale; images on the dashed line are square. */
export async function imageSizesChart({
  sizes,
  width = usualWidth,
  ...words
}: SizesParts): Promise<Chart> {
  const dots = merged(sizes).sort((a, b) => b.images - a.images);
  const sides = sizes.flatMap((size) => [size.width, size.height]);
  const domain = [
    Math.max(1, sides.reduce((a, b) => Math.min(a, b), sides[0] ?? 100) / 1.25),
    sides.reduce((a, b) => Math.max(a, b), sides[0] ?? 1000) * 1.25,
  ] as const;
  const most = dots[0]?.images ?? 1;
  const axis = {
    domain,
    isLogarithmic: true,
    ticks: logTicks(...domain, factorsOf(domain[1] / domain[0])),
    format: (tick: number) => (tick >= 10_000 ? shortNumber(tick, 0) : `${tick}`),
  };
  const images = sizes.reduce((sum, size) => sum + size.images, 0);
  return await xyChart({
    ...words,
    width,
    description: `${count(images, 'image')} of ${count(sizes.length, 'size')}; most often ${dots[0]?.width ?? 0} × ${dots[0]?.height ?? 0} pixels (${most}).`,
    key: [
      { name: 'images, by area of the dot', colour: ink.first, shape: 'dot' },
      { name: 'square', colour: ink.quiet, dash: '4 3' },
    ],
    panels: [
      {
        // The margins of both axes are equal: so the plot is square.
        height: width,
        x: { ...axis, label: 'width, pixels' },
        y: { ...axis, label: 'height, pixels' },
        marks: (plot) => [
          plot.line(
            domain.map((side) => [side, side]),
            { stroke: ink.quiet, strokeDasharray: '4 3' },
          ),
          plot.dot(dots, {
            x: 'width',
            y: 'height',
            r: {
              value: (dot: SizeCount) =>
                Math.max(2.5, largestOf(dots.length) * Math.sqrt(dot.images / most)),
              scale: null,
            } as never,
            fill: ink.first,
            fillOpacity: 0.55,
            stroke: ink.first,
            clip: true,
          }),
        ],
      },
    ],
  });
}

/** The ticks between two powers of ten, of an axis whose ends have this ratio. */
const factorsOf = (ratio: number): number[] =>
  ratio > 100 ? [1] : ratio > 8 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];

function merged(sizes: readonly SizeCount[]): SizeCount[] {
  if (sizes.length <= mostDots) {
    return [...sizes];
  }
  const rounded = (side: number) =>
    Math.round(2 ** (Math.round(Math.log2(side) * perOctave) / perOctave));
  const found = new Map<string, SizeCount>();
  for (const size of sizes) {
    const [width, height] = [rounded(size.width), rounded(size.height)];
    const images = (found.get(`${width} ${height}`)?.images ?? 0) + size.images;
    found.set(`${width} ${height}`, { width, height, images });
  }
  return [...found.values()];
}
