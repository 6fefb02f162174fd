/** The reliability diagram: whether answers that are given a probability are right as often, and how many have it. */
import { count } from '../../plural.js';
import { percent, tickLabel } from './numbers.js';
import { type Chart, usualWidth, type Words } from './render.js';
import { ink } from './theme.js';
import { xyChart } from './xy.js';

/** The answers whose probability is in one interval. */
export interface ReliabilityBin {
  /** Ends of the interval, 0…1. */
  from: number;
  to: number;
  images: number;
  /** Mean probability of the answers, 0…1. Not used where there are no images, as the accuracy. */
  confidence: number;
  /** Share of right answers, 0…1. */
  accuracy: number;
}

export interface ReliabilityParts extends Words {
  bins: readonly ReliabilityBin[];
  width?: number;
}

/** A bar for the accuracy of each interval, with a dot at its mean probability; the diagonal is what is right; below, the counts. */
export async function reliabilityChart({
  bins,
  width = usualWidth,
  ...words
}: ReliabilityParts): Promise<Chart> {
  const filled = bins.filter(({ images }) => images > 0);
  const most = Math.max(1, ...bins.map(({ images }) => images));
  const shares = { domain: [0, 1] as const, ticks: 5, format: (tick: number) => percent(tick) };
  const images = filled.reduce((sum, bin) => sum + bin.images, 0);
  const ends = { x1: 'from', x2: 'to', insetLeft: 1, insetRight: 1 };
  return await xyChart({
    ...words,
    width,
    description: `${count(images, 'image')}. ${filled
      .map(
        ({ from, to, images: own, accuracy }) =>
          `${percent(from)} to ${percent(to)}: ${percent(accuracy)} of ${own} right`,
      )
      .join('; ')}.`,
    key: [
      { name: 'right answers', colour: ink.first, shape: 'bar' },
      { name: 'mean probability', colour: ink.text, shape: 'dot' },
      { name: 'perfectly calibrated', colour: ink.second, dash: '5 3' },
    ],
    panels: [
      {
        height: 280,
        x: { ...shares, label: '' },
        y: { ...shares, label: 'share of right answers' },
        marks: (plot) => [
          plot.rectY(filled, { ...ends, y: 'accuracy', fill: ink.first, fillOpacity: 0.75 }),
          plot.line(
            [
              [0, 0],
              [1, 1],
            ],
            { stroke: ink.second, strokeWidth: 2, strokeDasharray: '5 3' },
          ),
          plot.dot(filled, {
            x: 'confidence',
            y: 'accuracy',
            fill: ink.text,
            stroke: ink.paper,
            r: 4,
          }),
        ],
      },
      {
        height: 150,
        x: { ...shares, label: 'probability of the answer' },
        y: { label: 'images', domain: [0, most], nice: true, ticks: 3, format: tickLabel },
        marks: (plot) => [plot.rectY(filled, { ...ends, y: 'images', fill: ink.quiet })],
      },
    ],
  });
}
