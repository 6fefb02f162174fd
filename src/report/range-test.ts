/** Draws a learning-rate range test: the losses over the logarithm of the rate. */
import { checkArgument, record, text as words } from '../arguments.js';
import type { RangeTest, RatePoint } from '../training/index.js';
import { axisOf, logAxisOf } from './axis.js';
import { type Chart, chartOf, dot, polyline } from './chart.js';
import { type Drawing, ink, savePicture, text } from './drawing.js';

/**
 * Writes the curve of a range test to the PNG `file`: a dot for the loss of each step, a line for the smoothed losses, and the
 * suggested rate. Losses far above the first ones are drawn at the upper edge.
 *
 * @throws InvalidInputError when an argument is missing or of another kind.
 */
export async function drawRangeTest(
  test: RangeTest,
  file: string,
  title = 'Learning-rate range test',
): Promise<void> {
  checkArgument('test', test, record('the result of findLearningRate'));
  checkArgument('file', file, words('the path of a file'));
  await savePicture(rangeTestDrawing(test, title), file);
}

/** The drawing of {@link drawRangeTest}. */
export function rangeTestDrawing(
  { points, suggestion }: Pick<RangeTest, 'points' | 'suggestion'>,
  title: string,
): Drawing {
  const finite = points.filter(({ loss }) => Number.isFinite(loss));
  const rates = points.map(({ learningRate }) => learningRate);
  // A loss that diverges would flatten all before it.
  const [{ smoothedLoss: first } = { smoothedLoss: 1 }] = finite;
  const shown = finite.map(({ loss }) => Math.min(loss, 1.5 * first));
  const chart = chartOf({
    title,
    x: { ...logAxisOf(rates[0] ?? 1e-6, rates.at(-1) ?? 10), title: 'learning rate' },
    y: { ...axisOf(shown), title: 'loss of training' },
  });
  return {
    ...chart,
    elements: [
      ...chart.elements,
      ...finite.map((point) => dot(...placeOf(chart, point, 'loss'), ink.quiet, 1.8)),
      polyline(
        finite.map((point) => placeOf(chart, point, 'smoothedLoss')),
        ink.first,
      ),
      ...(suggestion === undefined ? [] : mark(chart, suggestion)),
    ],
  };
}

const placeOf = (
  { x, y }: Chart,
  point: RatePoint,
  of: 'loss' | 'smoothedLoss',
): [number, number] => [x(Math.log10(point.learningRate)), y(point[of])];

function mark({ x, plot }: Chart, rate: number): string[] {
  const place = x(Math.log10(rate));
  const isRight = place > (plot.left + plot.right) / 2;
  const label = `suggested: ${Number(rate.toPrecision(2))}`;
  return [
    `<path d="M${place} ${plot.top}V${plot.bottom}" stroke="${ink.second}" stroke-width="2" stroke-dasharray="6 4"/>`,
    text(place + (isRight ? -6 : 6), plot.top + 14, label, {
      size: 12,
      colour: ink.second,
      bold: true,
      anchor: isRight ? 'end' : 'start',
    }),
  ];
}
