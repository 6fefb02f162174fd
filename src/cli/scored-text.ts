/** Shows scores of predictions with their intervals, in at most 80 columns. */
import type { Interval, ScoredPredictions, TaskScores } from '../evaluation/index.js';
import { count } from '../plural.js';
import { textTable } from '../report/index.js';
import { shorten } from '../width.js';

/** With them, no table is wider than 80 columns. */
const longestClass = 24;
const longestTask = 22;
/** Classes that a table shows at most; of more, the worst. */
const mostClasses = 15;
const mostPairs = 5;

const rows = [
  ['accuracy', 'accuracy'],
  ['basic precision', 'basicPrecision'],
  ['AP', 'averagePrecision'],
  ['mean reciprocal rank', 'meanReciprocalRank'],
  ['balanced accuracy', 'balancedAccuracy'],
  ['macro F1', 'macroF1'],
  ['log loss', 'logLoss'],
  ['Brier score', 'brierScore'],
  ['calibration error (ECE)', 'expectedCalibrationError'],
] as const;

const number = (value: number | undefined): string => value?.toFixed(4) ?? '–';

export const interval = (ends: Interval | undefined): string =>
  ends === undefined ? '–' : `${ends[0].toFixed(4)} … ${ends[1].toFixed(4)}`;

/** The classes of a task, and the classes that are most often taken for others. */
export function scoredTaskText({ task, images, classScores, confused }: TaskScores): string {
  const isLong = classScores.length > mostClasses;
  const shown = isLong
    ? classScores
        .filter((each) => each.images > 0)
        .sort((a, b) => (a.f1 ?? 0) - (b.f1 ?? 0))
        .slice(0, mostClasses)
    : classScores;
  const title = isLong ? `the worst of ${classScores.length} classes` : 'class';
  const table = textTable(
    [title, 'images', 'precision', 'recall', 'F1', '95 % of F1', 'AP'],
    shown.map(({ name, images: own, precision, recall, f1, intervals, averagePrecision }) => [
      shorten(name, longestClass),
      `${own}`,
      ...[precision, recall, f1].map(short),
      intervals.f1 === undefined ? '–' : intervals.f1.map(short).join(' … '),
      short(averagePrecision),
    ]),
  );
  const pairs = confused
    .slice(0, mostPairs)
    .map(
      ({ truth, prediction, images: own, share }) =>
        `  ${shorten(truth, longestClass)} as ${shorten(prediction, longestClass)}: ${own} (${(100 * share).toFixed(1)} %)`,
    );
  const most = pairs.length === 0 ? [] : ['Most often confused:', ...pairs];
  return [`${shorten(task, 40)}, ${count(images, 'image')}:`, table, ...most].join('\n');
}

const short = (value: number | undefined): string => value?.toFixed(3) ?? '–';

/** A table of each task's scores, and with several tasks one of the means. */
export function scoredText({ tasks, mean }: ScoredPredictions): string {
  const tables = tasks.map((each) => scoresTable(shorten(each.task, longestTask), each));
  const means = mean === undefined ? [] : [scoresTable('mean over tasks (of AP: mAP)', mean)];
  return [...tables, ...means].join('\n\n');
}

type Shown = Partial<Pick<TaskScores, (typeof rows)[number][1]>> & Pick<TaskScores, 'intervals'>;

const scoresTable = (title: string, scores: Shown): string =>
  textTable(
    [title, 'score', '95 % interval'],
    rows.map(([name, key]) => [name, number(scores[key]), interval(scores.intervals[key])]),
  );

/** Log loss and calibration error before and after the temperatures, each fitted on other folds. */
export function calibrationText(tasks: readonly TaskScores[]): string {
  const table = textTable(
    ['temperature, out of fold', 'T', 'log loss', 'after', 'ECE', 'after'],
    tasks.flatMap(({ task, logLoss, expectedCalibrationError, calibrated }) =>
      calibrated === undefined
        ? []
        : [
            [
              shorten(task, longestTask),
              calibrated.temperatures.all.toFixed(3),
              ...[logLoss, calibrated.logLoss].map(number),
              ...[expectedCalibrationError, calibrated.expectedCalibrationError].map(number),
            ],
          ],
    ),
  );
  const advice =
    'T is fitted to all images; the scores have T of the other folds for each fold.\n`npx bobbin ensemble RUN --data DATA --out MODEL --temperatures`\nmakes a model that has it.';
  return `${table}\n${advice}`;
}
