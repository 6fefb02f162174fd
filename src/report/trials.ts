/** Draws the trials of a search over time, with the lowest loss so far. */
import { checkArgument, list, text as words } from '../arguments.js';
import type { TrialLine } from '../search/index.js';
import { axisOf } from './axis.js';
import { chartOf, dot, polyline } from './chart.js';
import { type Drawing, ink, savePicture, text } from './drawing.js';

/** A result of a search, e.g. one of `Tuned.results`. */
export type TrialPoint = Pick<TrialLine, 'trial' | 'epochs' | 'loss' | 'seconds'>;

/**
 * Writes a dot for each result of a search (in their order) to the PNG `file`: its loss over the time of training until then, coloured
 * where it is that of a whole training. The line is the lowest loss so far. Losses far above the first one are at the upper edge.
 *
 * @throws InvalidInputError when an argument is missing or of another kind.
 */
export async function drawTrials(
  results: readonly TrialPoint[],
  file: string,
  title = 'Trials',
): Promise<void> {
  checkArgument('results', results, list('a list of results'));
  checkArgument('file', file, words('the path of a file'));
  await savePicture(trialsDrawing(results, title), file);
}

/** The drawing of {@link drawTrials}. */
export function trialsDrawing(results: readonly TrialPoint[], title: string): Drawing {
  let seconds = 0;
  const points = results.flatMap(({ trial, epochs, loss, seconds: own }) => {
    seconds += own;
    return loss === null ? [] : [{ trial, epochs, loss, time: seconds }];
  });
  const [unit, divisor] = seconds > 180 ? ['minutes', 60] : ['seconds', 1];
  const most = Math.max(0, ...points.map(({ epochs }) => epochs));
  const highest = 1.5 * (points[0]?.loss ?? 1);
  const losses = points.map(({ loss }) => Math.min(loss, highest));
  const chart = chartOf({
    title,
    x: { ...axisOf([seconds / divisor], { floor: 0 }), title: `${unit} of training` },
    y: { ...axisOf(losses), title: 'loss on images held back' },
  });
  const { x, y, plot } = chart;
  const at = (time: number) => x(time / divisor);
  let lowest = Number.POSITIVE_INFINITY;
  const stairs = points.flatMap(({ loss, time }): [number, number][] => {
    const before = Number.isFinite(lowest) ? [[at(time), y(lowest)] as [number, number]] : [];
    lowest = Math.min(lowest, loss);
    return [...before, [at(time), y(lowest)]];
  });
  const key = { size: 12, anchor: 'end' } as const;
  return {
    ...chart,
    elements: [
      ...chart.elements,
      polyline(stairs, ink.second),
      ...points.map(({ epochs, loss, time }) =>
        dot(at(time), y(loss), epochs === most ? ink.first : ink.quiet, 4),
      ),
      text(plot.right, plot.top - 28, 'lowest so far', { ...key, colour: ink.second, bold: true }),
      text(plot.right, plot.top - 10, `● after ${most} epochs, grey after fewer`, {
        ...key,
        colour: ink.first,
      }),
    ],
  };
}
