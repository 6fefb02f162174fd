/** The chart of a search: its trials over time, with the lowest loss so far. */

import { count } from '../../plural.js';
import type { TrialLine } from '../../search/index.js';
import { shortNumber } from './numbers.js';
import { type Chart, usualWidth, type Words } from './render.js';
import { ink } from './theme.js';
import { extent, xyChart } from './xy.js';

/** A result of a search, e.g. one of `Tuned.results`. */
export type TrialPoint = Pick<TrialLine, 'trial' | 'epochs' | 'loss' | 'seconds'>;

export interface TrialsParts extends Words {
  /** In their order. */
  results: readonly TrialPoint[];
  width?: number;
}

/**
 * A dot for each result: its loss over the time of training until then, coloured where it is that of a whole training. The line is
 * the lowest loss so far. Losses far above the first one are at the upper edge.
 */
export async function trialsChart({
  results,
  width = usualWidth,
  ...words
}: TrialsParts): Promise<Chart> {
  const { points, unit, end } = timed(results);
  const most = Math.max(0, ...points.map(({ epochs }) => epochs));
  const [whole, fewer] = [
    points.filter(({ epochs }) => epochs === most),
    points.filter(({ epochs }) => epochs < most),
  ];
  const lowest = points.at(-1)?.lowest;
  const dots = { x: 'time', y: 'loss', r: 4, stroke: ink.paper, strokeWidth: 1 } as const;
  return await xyChart({
    ...words,
    width,
    description: `${count(points.length, 'result')}${lowest === undefined ? '' : `; lowest loss: ${shortNumber(lowest, 3)}`}.`,
    key: [
      { name: `after ${count(most, 'epoch')}`, colour: ink.first, shape: 'dot' },
      ...(fewer.length > 0
        ? [{ name: 'after fewer', colour: ink.quiet, shape: 'dot' as const }]
        : []),
      { name: 'lowest so far', colour: ink.second },
    ],
    panels: [
      {
        height: 320,
        x: { label: `${unit} of training`, domain: [0, end], nice: true },
        y: {
          label: 'loss on images held back',
          domain: extent(points.map(({ loss }) => loss)),
          nice: true,
        },
        none: points.length === 0 ? 'no result' : undefined,
        marks: (plot) => [
          plot.line([...points, ...(lowest === undefined ? [] : [{ time: end, lowest }])], {
            x: 'time',
            y: 'lowest',
            curve: 'step-after',
            stroke: ink.second,
            strokeWidth: 2.2,
          }),
          plot.dot(fewer, { ...dots, fill: ink.quiet }),
          plot.dot(whole, { ...dots, fill: ink.first }),
        ],
      },
    ],
  });
}

/** Each result that has a loss, with the time when it was known and the lowest loss until then. */
function timed(results: readonly TrialPoint[]) {
  const total = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const [unit, divisor] = total > 180 ? ['minutes', 60] : ['seconds', 1];
  let seconds = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let highest: number | undefined;
  const points = results.flatMap(({ epochs, loss, seconds: own }) => {
    seconds += own;
    if (loss === null) {
      return [];
    }
    highest ??= 1.5 * loss;
    lowest = Math.min(lowest, loss);
    return [{ epochs, loss: Math.min(loss, highest), time: seconds / divisor, lowest }];
  });
  return { points, unit, end: total / divisor || 1 };
}
