/** Shows scores of predictions with their intervals, in at most 80 columns. */
import type {
  Interval,
  LabelsScoreName,
  ScoredClass,
  ScoredPredictions,
  ScoreName,
} from '../../evaluation/index.js';
import { count } from '../../plural.js';
import { textTable } from '../../report/index.js';
import { shorten } from '../../width.js';

/** With them, no table is wider than 80 columns. */
const longestClass = 24;
const longestListed = 17;
const longestTask = 22;
/** Classes that a table shows at most; of more, the worst. */
const mostClasses = 15;
const mostPairs = 5;

/** Scores of one number each, by what they are called here. */
type Rows<Name> = readonly (readonly [title: string, name: Name])[];

const oneRows: Rows<ScoreName> = [
  ['accuracy', 'accuracy'],
  ['basic precision', 'basicPrecision'],
  ['AP', 'averagePrecision'],
  ['mean reciprocal rank', 'meanReciprocalRank'],
  ['balanced accuracy', 'balancedAccuracy'],
  ['macro F1', 'macroF1'],
  ['log loss', 'logLoss'],
  ['Brier score', 'brierScore'],
  ['calibration error (ECE)', 'expectedCalibrationError'],
];

const labelsRows: Rows<LabelsScoreName> = [
  ['mAP', 'meanAveragePrecision'],
  ['micro F1', 'microF1'],
  ['macro F1', 'macroF1'],
  ['exact match', 'accuracy'],
  ['log loss', 'logLoss'],
  ['calibration error (ECE)', 'expectedCalibrationError'],
];

const number = (value: number | undefined): string => value?.toFixed(4) ?? '–';

export const interval = (ends: Interval | undefined): string =>
  ends === undefined ? '–' : `${ends[0].toFixed(4)} … ${ends[1].toFixed(4)}`;

type TaskScores = ScoredPredictions['tasks'][number];

/** The classes of a task, and the classes that are most often taken for others. */
export function scoredTaskText(scores: TaskScores): string {
  const { task, images, classScores } = scores;
  const isLong = classScores.length > mostClasses;
  const shown = isLong
    ? classScores
        .filter((each) => each.images > 0)
        .sort((a, b) => (a.f1 ?? 0) - (b.f1 ?? 0))
        .slice(0, mostClasses)
    : classScores;
  const title = isLong ? `worst of ${classScores.length}` : 'class';
  const parts =
    'labels' in scores
      ? [labelsClassTable(title, shown)]
      : [classTable(title, shown), ...confusedLines(scores)];
  return [`${shorten(task, 40)}, ${count(images, 'image')}:`, ...parts].join('\n');
}

const classTable = (title: string, classes: readonly ScoredClass[]): string =>
  textTable(
    [title, 'images', 'precision', 'recall', 'F1', '95 % of F1', 'AP'],
    classes.map(({ name, images, precision, recall, f1, intervals, averagePrecision }) => [
      ...[shorten(name, longestClass), `${images}`],
      ...[precision, recall, f1].map(short),
      shortInterval(intervals.f1),
      short(averagePrecision),
    ]),
  );

const labelsClassTable = (title: string, classes: readonly ScoredClass[]): string =>
  textTable(
    [title, 'images', 'threshold', 'F1', '95 % of F1', 'AP', '95 % of AP'],
    classes.map(({ name, images, threshold, f1, intervals, averagePrecision }) => [
      ...[shorten(name, longestListed), `${images}`, short(threshold)],
      ...[short(f1), shortInterval(intervals.f1)],
      ...[short(averagePrecision), shortInterval(intervals.averagePrecision)],
    ]),
  );

function confusedLines({ confused }: Extract<TaskScores, { confused: unknown }>): string[] {
  const pairs = confused
    .slice(0, mostPairs)
    .map(
      ({ truth, prediction, images: own, share }) =>
        `  ${shorten(truth, longestClass)} as ${shorten(prediction, longestClass)}: ${own} (${(100 * share).toFixed(1)} %)`,
    );
  return pairs.length === 0 ? [] : ['Most often confused:', ...pairs];
}

const shortInterval = (ends: Interval | undefined): string =>
  ends === undefined ? '–' : ends.map(short).join(' … ');

const short = (value: number | undefined): string => value?.toFixed(3) ?? '–';

/** A table of each task's scores, and one of the means of each kind of several tasks. */
export function scoredText({ tasks, mean, labelsMean }: ScoredPredictions): string {
  const tables = tasks.map((each) => {
    const title = shorten(each.task, longestTask);
    return 'labels' in each
      ? scoresTable(title, labelsRows, each)
      : scoresTable(title, oneRows, each);
  });
  return [
    ...tables,
    ...(mean === undefined ? [] : [scoresTable(meanTitle, oneRows, mean)]),
    ...(labelsMean === undefined ? [] : [scoresTable('mean over tasks', labelsRows, labelsMean)]),
  ].join('\n\n');
}

const meanTitle = 'mean over tasks (of AP: mAP)';

type Shown<Name extends string> = Partial<Record<Name, number>> & {
  intervals: Partial<Record<Name, Interval>>;
};

const scoresTable = <Name extends string>(
  title: string,
  rows: Rows<Name>,
  scores: Shown<Name>,
): string =>
  textTable(
    [title, 'score', '95 % interval'],
    rows.map(([words, name]) => [words, number(scores[name]), interval(scores.intervals[name])]),
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
