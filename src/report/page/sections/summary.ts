/** The summary: the scores of every task and run with their intervals. */
import { type Interval, meansOf, type TaskMeans } from '../../../evaluation/index.js';
import { html, type Markup, named, type Part, withCode } from '../../../html.js';
import { scoreIntervalsChart } from '../../charts/index.js';
import { chartWidth } from '../chart-width.js';
import { decimalWithin, percentWithin, whole } from '../format.js';
import { figure, note, type Section, table } from '../parts.js';
import type { TaskResult } from '../results.js';

type ScoreName = keyof TaskMeans['intervals'];

/** A kind of tasks: what its table and its chart show. */
interface Kind {
  /** Which images its tasks have, where the page has both kinds. */
  words: string;
  scoresOf: (result: TaskResult) => TaskResult['scores'] | TaskResult['labelsScores'];
  mean: 'mean' | 'labelsMean';
  meanTitle: string;
  columns: readonly [title: string, name: ScoreName, show: typeof percentWithin][];
  chart: { title: string; score: string; name: ScoreName };
}

const kinds: readonly Kind[] = [
  {
    words: 'one label an image',
    scoresOf: ({ scores }) => scores,
    mean: 'mean',
    meanTitle: 'mean over tasks (of AP: mAP)',
    columns: [
      ['accuracy', 'accuracy', percentWithin],
      ['basic precision', 'basicPrecision', percentWithin],
      ['AP', 'averagePrecision', percentWithin],
      ['macro F1', 'macroF1', decimalWithin],
      ['log loss', 'logLoss', decimalWithin],
      ['calibration error', 'expectedCalibrationError', percentWithin],
    ],
    chart: { title: 'Accuracy on the validation images', score: 'accuracy', name: 'accuracy' },
  },
  {
    words: 'any number of labels an image',
    scoresOf: ({ labelsScores }) => labelsScores,
    mean: 'labelsMean',
    meanTitle: 'mean over tasks',
    columns: [
      ['mAP', 'meanAveragePrecision', percentWithin],
      ['micro F1', 'microF1', decimalWithin],
      ['macro F1', 'macroF1', decimalWithin],
      ['exact match', 'accuracy', percentWithin],
      ['log loss', 'logLoss', decimalWithin],
      ['calibration error', 'expectedCalibrationError', percentWithin],
    ],
    chart: { title: 'mAP on the validation images', score: 'mAP', name: 'meanAveragePrecision' },
  },
];

/** @param isOne whether the page is of one group of runs, whose name the rows then lack */
export async function summarySection(
  results: readonly TaskResult[],
  isOne: boolean,
): Promise<Section> {
  const parts: Markup[] = [];
  const shown = kinds.filter(({ scoresOf }) => results.some(scoresOf));
  for (const kind of shown) {
    const scored = results.filter(kind.scoresOf);
    const words = shown.length > 1 ? ` of tasks of ${kind.words}` : '';
    // Of several groups the comparison has charts.
    parts.push(html`${isOne ? await chart(scored, kind) : undefined}
${scoresTable(scored, kind, { isOne, words })}`);
  }
  const content = html`${parts.length === 0 ? note('No run has predictions yet, so there are no scores.') : parts}
${missingNotes(results)}`;
  return { id: 'summary', title: 'Summary', content };
}

function scoresTable(
  scored: readonly TaskResult[],
  kind: Kind,
  { isOne, words }: { isOne: boolean; words: string },
): Markup {
  const names = isOne ? ['task'] : ['task', 'run'];
  const numbers = ['images', ...kind.columns.map(([title]) => title)];
  return table({
    caption: `Validation scores${words}; below each its 95 % interval (bootstrap over the images)`,
    columns: [
      ...names.map((title) => ({ title })),
      ...numbers.map((title) => ({ title, isNumber: true })),
    ],
    rows: [
      ...scored.map((result) => [
        named(result.task),
        ...(isOne ? [] : [named(result.run.group)]),
        whole(imagesOf([result], kind)),
        ...cells(kind.scoresOf(result), kind),
      ]),
      ...meanRows(scored, kind, isOne),
    ],
  });
}

const imagesOf = (results: readonly TaskResult[], { scoresOf }: Kind): number =>
  results.reduce((sum, result) => sum + (scoresOf(result)?.images ?? 0), 0);

type Shown = Partial<Record<ScoreName, number>> & {
  intervals: Partial<Record<ScoreName, Interval>>;
};

const cells = (scores: Shown | undefined, { columns }: Kind): Part[] =>
  columns.map(([, name, show]) => show(scores?.[name], scores?.intervals[name]));

/** A row for each group that has several tasks: the competition ranks by the mean of their AP. */
function meanRows(scored: readonly TaskResult[], kind: Kind, isOne: boolean): Part[][] {
  const groups = [...new Set(scored.map(({ run }) => run.group))];
  return groups.flatMap((group): Part[][] => {
    const own = scored.filter(({ run }) => run.group === group);
    const means = meansOf(own.flatMap(({ resampled }) => resampled ?? []))[kind.mean];
    const images = whole(imagesOf(own, kind));
    const head = [kind.meanTitle, ...(isOne ? [] : [named(group)]), images];
    return means === undefined ? [] : [[...head, ...cells(means, kind)]];
  });
}

async function chart(
  scored: readonly TaskResult[],
  { scoresOf, chart: { title, score, name } }: Kind,
): Promise<Part> {
  const rows = scored.map((result) => {
    const scores: Shown | undefined = scoresOf(result);
    const [low, high] = scores?.intervals[name] ?? [];
    return { name: result.task, value: scores?.[name], low, high };
  });
  const { svg } = await scoreIntervalsChart({
    ...{ title, score, rows, floor: 0, ceiling: 1, width: chartWidth.wide },
  });
  const caption = `A dot for each ${score}, on a line over its 95 % interval: chance alone may move it as far.`;
  return html`<div class="figures">${figure({ chart: svg, caption, wide: `${score} of each task` })}</div>`;
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
