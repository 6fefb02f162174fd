/** Trains Bobbin and its peers on the folds of a data set in the same minutes, in fresh processes, and compares their answers out of fold. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { manifestFile, saveManifest } from '../../src/dataset/index.js';
import { sha256 } from '../../src/disk/index.js';
import type { NetworkName } from '../../src/model/index.js';
import { checkOption } from '../../src/options.js';
import { count } from '../../src/plural.js';
import { textTable } from '../../src/report/index.js';
import { recipeOptions } from '../../src/training/recipes/options.js';
import { absence, answerOf } from '../measure.js';
import { checkOutput, writeJson } from '../output.js';
import { checkMeasured, inTurn, machineNow } from '../rounds.js';
import { writePretrained } from '../train/network-files.js';
import { checkNames } from '../train/train.js';
import { bobbin, type FoldContender, foldPeers } from './contenders.js';
import { type FoldChoice, type FoldData, openFolds, photosOf } from './inputs.js';
import type { FoldJob, FoldOutcome } from './job.js';
import { epochsIn, type FoldTrial, foldCells, foldHeader, foldRow } from './results.js';
import { FoldStore } from './store.js';

export interface FoldComparison extends FoldChoice {
  /** Bobbin's: a name or a file. */
  recipe: string;
  /** Names of the peers to run with Bobbin; empty for all. */
  only: string[];
  /** Of a peer's training on a fold; undefined: as long as Bobbin's took. */
  minutes: number | undefined;
  /** Of the images, in pixels. */
  side: number;
  /** A folder for the results of each fold. */
  out: string;
  /** A file for the rows, as JSON. */
  json: string | undefined;
}

const net: NetworkName = 'efficientnet-lite0';

/** Training on slow cores. */
const mostSeconds = 6 * 3600;

/** What all runs of a comparison share. */
interface Work {
  comparison: FoldComparison;
  store: FoldStore;
  data: FoldData;
  /** A folder with the network, for the files of a run, too; it is removed at the end. */
  scratch: string;
}

/** Prints each fold at once and a table at the end; finished folds of an earlier call are not run again. */
export async function compareFolds(comparison: FoldComparison): Promise<void> {
  const { recipe, side, limit, minutes, out, only, json } = comparison;
  checkOutput('--json', json);
  checkNames(
    '--only',
    only,
    foldPeers.map(({ name }) => name),
  );
  checkOption('--recipe', recipeOptions.recipe, recipe);
  const data = await openFolds(comparison);
  const store = await FoldStore.open(out, {
    manifest: sha256(readFileSync(manifestFile(data.data))),
    ...{ task: data.task.name, recipe, side, limit: limit ?? null, minutes: minutes ?? null },
  });
  if (limit !== undefined) {
    data.data = path.join(out, 'data');
    await saveManifest(data.manifest, data.data);
  }
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));
  try {
    const { classes } = data.task;
    await writePretrained(scratch, { network: net, classes, size: side, seed: 1 });
    const { absent, failed } = await runFolds({ comparison, store, data, scratch });
    await report({ comparison, store, data }, [...absent, ...failed]);
    if (failed.length > 0) {
      process.exitCode = 1;
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

interface Entry {
  contender: FoldContender;
  /** Folds that are still to run. */
  next: number[];
}

const contendersOf = ({ only }: FoldComparison): FoldContender[] => [
  bobbin,
  ...foldPeers.filter(({ name }) => only.length === 0 || only.includes(name)),
];

/** Runs what is not finished, fold by fold; returns a sentence for each contender that is not installed or failed. */
async function runFolds(work: Work): Promise<{ absent: string[]; failed: string[] }> {
  const { folds } = work.data;
  const absent: string[] = [];
  const failed: string[] = [];
  const entries = contendersOf(work.comparison).flatMap((contender): Entry[] => {
    const reason = absence(contender);
    if (reason !== undefined) {
      absent.push(`${contender.name}: ${reason}`);
      return [];
    }
    return [{ contender, next: [...folds] }];
  });
  const runOnce = ({ contender, next }: Entry) => runFold(contender, next.shift() as number, work);
  const nameOf = ({ contender }: Entry) => contender.name;
  await inTurn<Entry>(entries, { rounds: folds.length, runOnce, nameOf }, failed);
  return { absent, failed };
}

async function runFold(contender: FoldContender, fold: number, work: Work): Promise<void> {
  const { name } = contender;
  const { store, comparison } = work;
  const known = store.outcomeOf(name, fold);
  if (known !== undefined) {
    console.log(describe(name, fold, known, ' (finished before)'));
    return;
  }
  let epochs = 0;
  if (contender !== bobbin) {
    const own = store.outcomeOf(bobbin.name, fold)?.seconds;
    const seconds = comparison.minutes === undefined ? own : 60 * comparison.minutes;
    if (seconds === undefined) {
      throw new Error(
        `Bobbin has not finished fold ${fold}, so its time is unknown: give --minutes`,
      );
    }
    epochs = epochsIn(seconds, await paceOf(contender, fold, work));
  }
  await train(contender, { fold, epochs }, work, async (outcome, predictions) => {
    await store.save(name, fold, outcome, predictions);
    console.log(describe(name, fold, outcome));
  });
}

/** A peer's run of one epoch, which is made once. */
async function paceOf(contender: FoldContender, fold: number, work: Work): Promise<FoldOutcome> {
  const { store } = work;
  const known = store.paceOf(contender.name);
  if (known !== undefined) {
    return known;
  }
  return await train(contender, { fold, epochs: 1 }, work, async (outcome) => {
    await store.savePace(contender.name, outcome);
    console.log(describe(contender.name, fold, outcome, ' (to know its pace)'));
  });
}

/** Trains once, in a process of its own; `save` gets the outcome and the file of the predictions, which is removed afterwards. */
async function train(
  contender: FoldContender,
  { fold, epochs }: { fold: number; epochs: number },
  { comparison, data, scratch }: Work,
  save: (outcome: FoldOutcome, predictions: string) => Promise<void>,
): Promise<FoldOutcome> {
  const folder = mkdtempSync(path.join(scratch, 'fold-'));
  try {
    const { recipe, side } = comparison;
    const { name: task, classes: classNames } = data.task;
    const threads = os.availableParallelism();
    const predictions = path.join(folder, 'predictions.csv');
    const job: FoldJob = {
      ...{ data: data.data, task, fold, classNames, net, folder: scratch, side, recipe, epochs },
      training: photosOf(data, fold, 'train'),
      held: photosOf(data, fold, 'validation'),
      run: path.join(folder, 'run'),
      // One for each fold.
      seed: 1 + fold,
      ...{ threads, predictions, classes: classNames.length, batch: 0, steps: 0 },
    };
    const file = path.join(folder, 'job.json');
    writeFileSync(file, JSON.stringify(job));
    const outcome = await answerOf<FoldOutcome>(contender, [file], {
      threads,
      seconds: mostSeconds,
    });
    await save(outcome, predictions);
    return outcome;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function report(
  { comparison, store, data }: Omit<Work, 'scratch'>,
  leftOut: string[],
): Promise<void> {
  const trials: FoldTrial[] = [];
  for (const { name, remarks = '' } of contendersOf(comparison)) {
    const results = [];
    for (const fold of data.folds) {
      results.push((await store.resultOf(name, fold)) ?? []);
    }
    trials.push({ contender: name, remarks, results: results.flat() });
  }
  const measured = trials.filter(({ results }) => results.length > 0);
  const own = measured.find(({ contender }) => contender === bobbin.name);
  const rows = measured.map((trial) => foldRow(trial, own));
  await writeJson(comparison.json, rows);
  checkMeasured(rows, leftOut);
  console.log(`\n${textTable(foldHeader, rows.map(foldCells))}`);
  const { recipe, side, minutes } = comparison;
  const time = minutes === undefined ? "Bobbin's time" : `${minutes} minutes`;
  console.log(`\nrecipe ${recipe}; ${side} px; peers in ${time}; ${machineNow()}`);
  console.log(
    'b: right answers of Bobbin alone; c: of the peer alone; p: two-sided, exact McNemar test',
  );
  if (leftOut.length > 0) {
    console.log(`\nleft out:\n  ${leftOut.join('\n  ')}`);
  }
}

function describe(name: string, fold: number, { seconds, epochs }: FoldOutcome, note = ''): string {
  return `${seconds.toFixed(0).padStart(6)} s  ${name}, fold ${fold}: ${count(epochs.length, 'epoch')}${note}`;
}
