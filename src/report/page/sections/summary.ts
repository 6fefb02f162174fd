/** The summary: the scores of every task and run with their intervals. */
import { meanAveragePrecision } from '../../../evaluation/index.js';
import { scoreIntervalsChart } from '../../charts/index.js';
import { chartWidth } from '../chart-width.js';
import { decimalWithin, percentWithin, whole } from '../format.js';
import { html, named, type Part, withCode } from '../html.js';
import { figure, note, type Section, table } from '../parts.js';
import type { TaskResult } from '../results.js';

const columns = [
  'images',
  'accuracy',
  'basic precision',
  'AP',
  'macro F1',
  'log loss',
  'calibration error',
];

/** @param isOne whether the page is of one group of runs, whose name the rows then lack */
export async function summarySection(
  results: readonly TaskResult[],
  isOne: boolean,
): Promise<Section> {
  const scored = results.filter(({ scores }) => scores !== undefined);
  const names = isOne ? ['task'] : ['task', 'run'];
  const content = html`${scored.length === 0 ? note('No run has predictions yet, so there are no scores.') : isOne ? await chart(scored) : undefined}
${
  scored.length === 0
    ? undefined
    : table({
        caption: 'Validation scores; below each its 95 % interval (bootstrap over the images)',
        columns: [
          ...names.map((title) => ({ title })),
          ...columns.map((title) => ({ title, isNumber: true })),
        ],
        rows: [...scored.map((result) => rowOf(result, isOne)), ...meanRows(scored, isOne)],
      })
}
${missingNotes(results)}`;
  return { id: 'summary', title: 'Summary', content };
}

function rowOf({ task, run, scores }: TaskResult, isOne: boolean): Part[] {
  if (scores === undefined) {
    return [];
  }
  const { intervals } = scores;
  return [
    named(task),
    ...(isOne ? [] : [named(run.group)]),
    whole(scores.images),
    percentWithin(scores.accuracy, intervals.accuracy),
    percentWithin(scores.basicPrecision, intervals.basicPrecision),
    percentWithin(scores.averagePrecision, intervals.averagePrecision),
    decimalWithin(scores.macroF1, intervals.macroF1),
    decimalWithin(scores.logLoss, intervals.logLoss),
    percentWithin(scores.expectedCalibrationError, intervals.expectedCalibrationError),
  ];
}

/** A row for each group that has several tasks: the competition ranks by the mean of their AP. */
function meanRows(scored: readonly TaskResult[], isOne: boolean): Part[][] {
  const groups = [...new Set(scored.map(({ run }) => run.group))];
  return groups.flatMap((group): Part[][] => {
    const own = scored.flatMap(({ run, scores }) =>
      run.group === group && scores ? [scores] : [],
    );
    const mean = (of: (scores: (typeof own)[number]) => number | undefined) => {
      const values = own.map(of);
      const known = values.filter((value) => value !== undefined);
      return known.length === values.length ? meanAveragePrecision(known) : undefined;
    };
    return own.length < 2
      ? []
      : [
          [
            'mean of the tasks (of AP: mAP)',
            ...(isOne ? [] : [named(group)]),
            whole(own.reduce((sum, { images }) => sum + images, 0)),
            percentWithin(mean(({ accuracy }) => accuracy)),
            percentWithin(mean(({ basicPrecision }) => basicPrecision)),
            percentWithin(mean(({ averagePrecision }) => averagePrecision)),
            decimalWithin(mean(({ macroF1 }) => macroF1)),
            decimalWithin(mean(({ logLoss }) => logLoss)),
            percentWithin(mean((scores) => scores.expectedCalibrationError)),
          ],
        ];
  });
}

/** Of several groups the comparison has charts. */
async function chart(scored: readonly TaskResult[]): Promise<Part> {
  const rows = scored.map(({ task, scores }) => {
    const [low, high] = scores?.intervals.accuracy ?? [];
    return { name: task, value: scores?.accuracy, low, high };
  });
  const { svg } = await scoreIntervalsChart({
    title: 'Accuracy on the validation images',
    score: 'accuracy',
    rows,
    floor: 0,
    ceiling: 1,
    width: chartWidth.wide,
  });
  const caption =
    'A dot for each accuracy, on a line over its 95 % interval: chance alone may move it as far.';
  return html`<div class="figures">${figure({ chart: svg, caption, wide: 'accuracy of each task' })}</div>`;
}

/** Each reason once, with what lacks its scores. */
function missingNotes(results: readonly TaskResult[]): Part {
  const reasons = new Map<string, string[]>();
  for (const { task, answered } of results) {
    if ('missing' in answered) {
      reasons.set(answered.missing, [...(reasons.get(answered.missing) ?? []), task]);
    }
  }
  return [...reasons].map(([reason, tasks]) =>
    note(html`${[...new Set(tasks)].join(', ')}: ${withCode(reason)}`),
  );
}
