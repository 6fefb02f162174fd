/** How a training went: losses, accuracies, learning rate and speed by epoch. */

import { html, type Markup, type Part } from '../../../html.js';
import type { EpochRecord } from '../../../training/index.js';
import {
  accuracyChart,
  learningRateChart,
  lossChart,
  speedChart,
  waitShareChart,
} from '../../charts/index.js';
import { chartWidth } from '../chart-width.js';
import { decimal, percent } from '../format.js';
import { figure, more, note, table } from '../parts.js';
import type { TaskResult } from '../results.js';

/** The curves of a result, with the best epoch marked, and their numbers. */
export async function trainingPart({ history, run }: TaskResult): Promise<Markup> {
  const last = history.at(-1);
  if (last === undefined) {
    return note('No epoch has ended yet, or this is a model without its run.');
  }
  const options = { best: run.best, width: chartWidth.narrow };
  const { width } = options;
  const hasRates = history.some(({ learningRate }) => Number.isFinite(learningRate));
  const charts: [svg: string, caption: string][] = [
    [(await lossChart(history, options)).svg, 'Mean loss over the images of each epoch.'],
    [(await accuracyChart(history, options)).svg, 'Share of the images whose top class is right.'],
    ...(hasRates
      ? [
          [
            (await learningRateChart(history, { width })).svg,
            'Of the last step of each epoch.',
          ] as [string, string],
        ]
      : []),
    [(await speedChart(history, { width })).svg, 'Images a second, while training.'],
    [
      (await waitShareChart(history, { width })).svg,
      'Share of the training time that was spent waiting for the next batch.',
    ],
  ];
  const figures = charts.map(([chart, caption]) => figure({ chart, caption }));
  return html`<p>${best(history, run.best)} ${last.advice}</p><div class="figures">${figures}</div>${more('The numbers of each epoch', epochTable(history))}`;
}

function best(history: readonly EpochRecord[], epoch: number | undefined): Part {
  const record = history.find((each) => each.epoch === epoch);
  const accuracy = record && percent(record.validationAccuracy);
  return record && html`Best epoch: ${record.epoch}, with a validation accuracy of ${accuracy}.`;
}

const titles = [
  'learning rate',
  'loss',
  'accuracy',
  'validation loss',
  'validation accuracy',
  'seconds',
  'images/s',
  'data wait',
];

const epochTable = (history: readonly EpochRecord[]): Markup =>
  table({
    caption: 'Epochs',
    columns: [{ title: 'epoch' }, ...titles.map((title) => ({ title, isNumber: true }))],
    rows: history.map((record) => [
      `${record.epoch}`,
      `${Number(record.learningRate.toPrecision(3))}`,
      decimal(record.loss),
      percent(record.accuracy),
      decimal(record.validationLoss),
      percent(record.validationAccuracy),
      decimal(record.seconds, 1),
      decimal(record.imagesPerSecond, 1),
      percent(record.waitShare),
    ]),
  });
