/** The scores of a task in detail: confusion, classes, precision by coverage and reliability. */
import type { LabelsScores, Scores } from '../../../evaluation/index.js';
import { html, type Markup, named } from '../../../html.js';
import {
  confusedPairsChart,
  confusionChart,
  mostMatrixClasses,
  precisionCoverageChart,
  reliabilityChart,
} from '../../charts/index.js';
import { chartWidth } from '../chart-width.js';
import { decimal, percent, percentWithin, whole } from '../format.js';
import { figure, more, table } from '../parts.js';

export async function scoresPart(scores: Scores): Promise<Markup> {
  const figures = [await confusion(scores), await coverage(scores), await reliability(scores)];
  return html`<div class="figures">${figures}</div>${more('The scores of each class', classTable(scores))}`;
}

/** A task of any number of labels has no confusion and no one answer that could be held back: its classes are what there is to see. */
export const labelsPart = ({ classScores }: LabelsScores): Markup =>
  table({
    caption: 'Classes, with 95 % intervals; answered: from the threshold on',
    columns: [
      { title: 'class' },
      ...['images', 'threshold', 'answered', 'right', 'precision', 'recall', 'F1'].map(asNumber),
      asNumber('average precision'),
    ],
    rows: classScores.map((score) => [
      named(score.name),
      whole(score.images),
      decimal(score.threshold),
      whole(score.predicted),
      whole(score.right),
      ...shares(score),
    ]),
  });

const asNumber = (title: string) => ({ title, isNumber: true });

/** With their intervals. */
const shares = ({ intervals, ...score }: Scores['classScores'][number]): Markup[] =>
  (['precision', 'recall', 'f1', 'averagePrecision'] as const).map((name) =>
    percentWithin(score[name], intervals[name]),
  );

async function confusion(scores: Scores): Promise<Markup> {
  const { classScores, confused, images } = scores;
  const isSmall = classScores.length <= mostMatrixClasses;
  const chart = isSmall
    ? await confusionChart({ title: 'Confusion', classScores, confused })
    : await confusedPairsChart({
        ...{ title: 'Confused classes', classScores, confused, width: chartWidth.wide },
      });
  const wrong = confused.reduce((sum, each) => sum + each.images, 0);
  const caption = isSmall
    ? 'A row for each true class and a column for each answer; the shade is the share of the row.'
    : 'The pairs of true class and answer that occur most.';
  return figure({
    chart: chart.svg,
    ...(chart.width > chartWidth.narrow && { wide: 'confusion' }),
    caption: html`${caption} ${whole(wrong)} of ${whole(images)} answers are wrong.`,
    numbers: {
      caption: 'Confused classes, the most frequent first',
      columns: [
        { title: 'true class' },
        { title: 'answer' },
        { title: 'images', isNumber: true },
        { title: 'of the class', isNumber: true },
      ],
      rows: confused
        .slice(0, mostListed)
        .map(({ truth, prediction, images: own, share, interval }) => [
          named(truth),
          named(prediction),
          whole(own),
          percentWithin(share, interval),
        ]),
    },
  });
}

/** Rows of a table that list what may be thousands. */
const mostListed = 50;

async function coverage({ precisionCoverage }: Scores): Promise<Markup> {
  const points = precisionCoverage.flatMap(({ coverage: share, precision }) =>
    precision === undefined ? [] : [{ coverage: share, precision }],
  );
  const { svg } = await precisionCoverageChart({
    title: 'Precision by coverage',
    curves: [{ name: 'precision', points }],
    width: chartWidth.narrow,
  });
  const step = Math.max(1, Math.floor(precisionCoverage.length / 10));
  const last = precisionCoverage.length - 1;
  const rows = precisionCoverage.filter((_, index) => index % step === 0 || index === last);
  return figure({
    chart: svg,
    caption:
      'How precise the answers are if only the surest ones are given, and the rest is left to a person.',
    numbers: {
      caption: 'Precision if answers below a probability are held back',
      columns: ['answered', 'probability from', 'precision'].map((title) => ({
        title,
        isNumber: true,
      })),
      rows: rows.map(({ coverage: share, threshold, precision, interval }) => [
        percent(share, 0),
        decimal(threshold),
        percentWithin(precision, interval),
      ]),
    },
  });
}

async function reliability({ reliability: bins, expectedCalibrationError }: Scores) {
  const filled = bins.map(({ confidence = 0, accuracy = 0, ...bin }) => ({
    ...{ ...bin, confidence, accuracy },
  }));
  const { svg } = await reliabilityChart({
    title: 'Reliability',
    subtitle: `expected calibration error ${percent(expectedCalibrationError)}`,
    bins: filled,
    width: chartWidth.narrow,
  });
  return figure({
    chart: svg,
    caption:
      'Whether answers with a probability are right as often: on the diagonal they are. Below it, the network is too sure of itself.',
    numbers: {
      caption: 'Answers by their probability',
      columns: ['probability', 'images', 'mean probability', 'right'].map((title) => ({
        title,
        isNumber: true,
      })),
      rows: bins
        .filter(({ images }) => images > 0)
        .map(({ from, to, images, confidence, accuracy, interval }) => [
          `${decimal(from, 2)}–${decimal(to, 2)}`,
          whole(images),
          percent(confidence),
          percentWithin(accuracy, interval),
        ]),
    },
  });
}

const classTable = ({ classScores }: Scores): Markup =>
  table({
    caption: 'Classes, with 95 % intervals',
    columns: [
      { title: 'class' },
      ...['images', 'answered', 'right', 'precision', 'recall', 'F1'].map(asNumber),
      asNumber('average precision'),
    ],
    rows: classScores.map((score) => [
      named(score.name),
      whole(score.images),
      whole(score.predicted),
      whole(score.right),
      ...shares(score),
    ]),
  });
