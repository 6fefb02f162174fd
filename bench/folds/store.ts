/** The folder of results: each fold of a contender is there whole or not at all, so an interrupted comparison continues. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder, writeWhole } from '../../src/disk/index.js';
import { expected } from '../../src/errors.js';
import { topClass } from '../../src/evaluation/index.js';
import { readPredictions } from '../../src/evaluation/read-predictions.js';
import type { FoldOutcome } from './job.js';
import type { FoldResult } from './results.js';

/** What all results of a folder have in common. */
export interface FoldSettings {
  /** SHA-256 of the manifest's file. */
  manifest: string;
  task: string;
  recipe: string;
  side: number;
  /** Photos of all folds; null for all. */
  limit: number | null;
  /** Of a peer's fold; null for Bobbin's own time. */
  minutes: number | null;
}

const outcomeFile = 'outcome.json';
const predictionsFile = 'predictions.csv';

/** See the file's heading. */
export class FoldStore {
  private constructor(readonly folder: string) {}

  /** @throws InvalidInputError where the folder has results of other settings. */
  static async open(folder: string, settings: FoldSettings): Promise<FoldStore> {
    await makeFolder(folder);
    const file = path.join(folder, 'settings.json');
    const text = `${JSON.stringify(settings, null, 2)}\n`;
    if (!existsSync(file)) {
      await writeWhole(file, text);
    }
    const known = readFileSync(file, 'utf8');
    if (known !== text) {
      const remedy = `${file} has other settings. Name another folder for these`;
      throw expected('a folder with results of the same settings', '--out', folder, remedy);
    }
    return new FoldStore(folder);
  }

  /** Where the results of a contender's fold are. */
  placeOf(contender: string, fold: number): string {
    return path.join(this.folder, slugOf(contender), `fold-${fold}`);
  }

  /** Undefined if the fold is not finished. */
  outcomeOf(contender: string, fold: number): FoldOutcome | undefined {
    return readJson(path.join(this.placeOf(contender, fold), outcomeFile));
  }

  /** As {@link outcomeOf}, with the answers. */
  async resultOf(contender: string, fold: number): Promise<FoldResult | undefined> {
    const outcome = this.outcomeOf(contender, fold);
    if (outcome === undefined) {
      return undefined;
    }
    const file = path.join(this.placeOf(contender, fold), predictionsFile);
    const tables = await readPredictions([file]);
    const images = tables.flatMap((table) => table.images);
    const rights = new Map(images.map(({ path, row, label }) => [path, topClass(row) === label]));
    return { fold, outcome, rights };
  }

  /** Saves a finished fold. `predictions` is a file, which is copied. */
  async save(contender: string, fold: number, outcome: FoldOutcome, predictions: string) {
    const place = this.placeOf(contender, fold);
    mkdirSync(place, { recursive: true });
    await writeWhole(path.join(place, predictionsFile), readFileSync(predictions));
    // It is the last: with it, the fold is finished.
    await writeWhole(path.join(place, outcomeFile), `${JSON.stringify(outcome)}\n`);
  }

  /** A peer's run of one epoch. Its time says how many epochs fit into the minutes. */
  paceOf(contender: string): FoldOutcome | undefined {
    return readJson(this.paceFile(contender));
  }

  async savePace(contender: string, outcome: FoldOutcome): Promise<void> {
    const file = this.paceFile(contender);
    mkdirSync(path.dirname(file), { recursive: true });
    await writeWhole(file, `${JSON.stringify(outcome)}\n`);
  }

  private paceFile(contender: string): string {
    return path.join(this.folder, slugOf(contender), 'pace.json');
  }
}

/** `timm, short run` as `timm-short-run`. */
const slugOf = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

const readJson = (file: string): FoldOutcome | undefined =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
