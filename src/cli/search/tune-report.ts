/** Shows the results of `tune`: a line for each, then the table, the verdict and the files. */
import path from 'node:path';
import { shellWord } from '../../dataset/index.js';
import { asPath } from '../../options.js';
import { count } from '../../plural.js';
import { clock, drawTrials, textTable } from '../../report/index.js';
import type { CheckLine, Drawn, TrialLine, Tuned } from '../../search/index.js';
import { shorten } from '../../width.js';

/** Short names, for a table of 80 columns, in the order of its columns. */
const shownNames = {
  recipe: 'recipe',
  network: 'network',
  size: 'size',
  learningRate: 'rate',
  weightDecay: 'decay',
  strength: 'aug.',
} as const satisfies Record<keyof Drawn, string>;

const longestNetwork = 16;

/** Rows that a terminal gets; the CSV has all. */
const mostRows = 25;

const shownLoss = (loss: number | null): string => loss?.toFixed(4) ?? 'none';

/** What a trial has reached, in a line. */
export function describeResult(line: TrialLine | CheckLine): string {
  const { trial, loss, accuracy, seconds, reason } = line;
  const what = line.event === 'check' ? `check of trial ${trial}` : `trial ${trial}`;
  if (reason !== undefined) {
    return `${what} failed: ${reason}`;
  }
  const scores = `loss ${shownLoss(loss)}, accuracy ${accuracy?.toFixed(3)}, ${clock(seconds)}`;
  return line.event === 'check'
    ? `${what} with another seed and fold: ${scores}`
    : `${what}${drawnInWords(line.drawn)}, ${count(line.epochs, 'epoch')}: ${scores}`;
}

function drawnInWords(drawn: Drawn): string {
  const words = Object.entries(shownNames).flatMap(([key, name]) => {
    const value = drawn[key as keyof Drawn];
    return value === undefined ? [] : `${name} ${value}`;
  });
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

/** Draws the trials beside the recipe. */
export async function drawTuned({ task, results }: Tuned, out: string): Promise<void> {
  const title = `${task}: ${count(results.length, 'result')} of the search`;
  await drawTrials(results, path.join(out, `${task}.png`), title);
}

/** The table by epochs and loss, whether the best trial is better than the first, and what to do with it. */
export function describeTuned(tuned: Tuned, { data, out }: { data: string; out: string }): string {
  const { task, recipe, finished } = tuned;
  const flags = { data, task, run: 'best', recipe: asPath(recipe) };
  const train = Object.entries(flags).map(([name, value]) => `--${name} ${shellWord(value)}`);
  const files = ['csv', 'png'].map((kind) => path.join(out, `${task}.${kind}`));
  return [
    trialTable(tuned),
    `${task}: ${verdict(tuned)}`,
    `  \`npx bobbin train ${train.join(' ')}\``,
    `  All trials: ${files.join(', ')}`,
    ...(finished
      ? []
      : ['  Time was over before all trials were done: the same command with more time goes on.']),
  ].join('\n');
}

function verdict({ trials, best, check, isBetter }: Tuned): string {
  if (trials.length === 1) {
    return 'only the first trial was trained, which has the given options.';
  }
  if (check === undefined) {
    return best === 0
      ? 'the first trial, which has the given options, is the best.'
      : `trial ${best} is the best so far, and was not checked: no time was left.`;
  }
  const losses = `with another seed and fold its loss is ${shownLoss(check.best)}, that of the first ${shownLoss(check.first)}`;
  return isBetter
    ? `trial ${best} is better than the first: ${losses}.`
    : `the recipe has the options of the first trial, since trial ${best} was not better: ${losses}.`;
}

function trialTable({ trials, best }: Tuned): string {
  const names = (Object.keys(shownNames) as (keyof typeof shownNames)[]).filter((name) =>
    trials.some(({ drawn }) => drawn[name] !== undefined),
  );
  const worst = Number.POSITIVE_INFINITY;
  const sorted = [...trials].sort(
    (a, b) => b.epochs - a.epochs || (a.loss ?? worst) - (b.loss ?? worst) || a.trial - b.trial,
  );
  const rows = sorted
    .slice(0, mostRows)
    .map(({ trial, drawn, epochs, loss, accuracy }) => [
      trial === best ? `${trial} best` : `${trial}`,
      ...names.map((name) => shorten(`${drawn[name] ?? '–'}`, longestNetwork)),
      `${epochs}`,
      loss?.toFixed(4) ?? 'failed',
      accuracy?.toFixed(3) ?? '',
    ]);
  const header = ['trial', ...names.map((name) => shownNames[name]), 'epochs', 'loss', 'acc.'];
  const others = sorted.length - rows.length;
  return textTable(header, rows) + (others > 0 ? `\n… and ${count(others, 'other')}` : '');
}
