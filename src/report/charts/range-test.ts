/** The chart of a learning-rate range test: the losses over the logarithm of the rate. */
import type { Markish } from '@observablehq/plot';
import type { RangeTest } from '../../training/index.js';
import { logTicks } from './numbers.js';
import { type Chart, type Plot, usualWidth, type Words } from './render.js';
import { bold, ink } from './theme.js';
import { extent, xyChart } from './xy.js';

export interface RangeTestParts extends Words {
  test: Pick<RangeTest, 'points' | 'suggestion'>;
  width?: number;
}

/**
 * A dot for the loss of each step, a line for the smoothed losses, and the suggested rate. Losses far above the first ones are
 * drawn at the upper edge.
 */
export async function rangeTestChart({
  test: { points, suggestion },
  width = usualWidth,
  ...words
}: RangeTestParts): Promise<Chart> {
  const finite = points.filter(({ loss, smoothedLoss }) => Number.isFinite(loss + smoothedLoss));
  // A loss that diverges would flatten all before it.
  const highest = 1.5 * (finite[0]?.smoothedLoss ?? 1);
  const shown = finite.map(({ learningRate, loss, smoothedLoss }) => ({
    rate: learningRate,
    loss: Math.min(loss, highest),
    smoothed: Math.min(smoothedLoss, highest),
  }));
  const rates = powersAround(points.map(({ learningRate }) => learningRate));
  const suggested = suggestion === undefined ? 'none' : `${Number(suggestion.toPrecision(2))}`;
  return await xyChart({
    ...words,
    width,
    description: `${points.length} steps at rates from ${rates[0]} to ${rates[1]}; suggested rate: ${suggested}.`,
    key: [
      { name: 'loss, smoothed', colour: ink.first },
      { name: 'of each step', colour: ink.quiet, shape: 'dot' },
    ],
    panels: [
      {
        height: 320,
        x: {
          label: 'learning rate, logarithmic',
          domain: rates,
          isLogarithmic: true,
          ticks: logTicks(...rates, [1]),
          format: (tick) => `${Number(tick.toPrecision(1))}`,
        },
        y: {
          label: 'loss of training',
          domain: extent(shown.flatMap(({ loss, smoothed }) => [loss, smoothed])),
          nice: true,
        },
        none: shown.length === 0 ? 'no loss is finite' : undefined,
        marks: (plot) => [
          plot.dot(shown, { x: 'rate', y: 'loss', fill: ink.quiet, r: 1.8 }),
          plot.line(shown, { x: 'rate', y: 'smoothed', stroke: ink.first, strokeWidth: 2.2 }),
          ...(suggestion === undefined ? [] : suggestedMarks(plot, suggestion, suggested, rates)),
        ],
      },
    ],
  });
}

/** Powers of ten that enclose `rates`. */
function powersAround(rates: readonly number[]): [number, number] {
  const [least, most] = [rates[0] ?? 1e-6, rates.at(-1) ?? 10];
  const low = Math.floor(Math.log10(least) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(most) - 1e-9));
  return [Number(`1e${low}`), Number(`1e${high}`)];
}

function suggestedMarks(
  plot: Plot,
  rate: number,
  written: string,
  [low, high]: [number, number],
): Markish[] {
  const isRight = Math.log10(rate) > (Math.log10(low) + Math.log10(high)) / 2;
  return [
    plot.ruleX([rate], { stroke: ink.second, strokeWidth: 2, strokeDasharray: '6 4' }),
    plot.text([rate], {
      x: [rate],
      text: [`suggested: ${written}`],
      frameAnchor: 'top',
      lineAnchor: 'bottom',
      textAnchor: isRight ? 'end' : 'start',
      dy: -14,
      fill: ink.second,
      fontWeight: bold,
    }),
  ];
}
