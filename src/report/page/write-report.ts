/** Writes the report on runs: a page that a browser opens without a network. */
import {
  callback,
  checkArgument,
  checkArguments,
  list,
  optional,
  record,
  type ShapeOf,
  text,
} from '../../arguments.js';
import type { Manifest } from '../../dataset/index.js';
import { checkTarget, writeWhole } from '../../disk/index.js';
import { missing } from '../../errors.js';
import { type Epoch, runOptions } from '../../model/index.js';
import { pickOptions, resolveOptions } from '../../options.js';
import type { ClassifyProgress } from '../../prediction/index.js';
import { environmentNow } from '../../training/index.js';
import { factsOf } from './data-facts.js';
import { renderPage } from './page.js';
import { readRuns } from './read-runs.js';
import { resultsOf } from './results.js';

/** What a report is about. */
export interface ReportRequest {
  /** Folders of runs; each may have runs of several tasks. Several are compared. */
  runs: readonly string[];
  /** The data set, if it is at hand: without it the page has no photos, and nothing of the data. */
  manifest?: Manifest | undefined;
  /** The prepared folder that has the manifest. */
  data?: string | undefined;
  /** The weights that answer. Default `last`. */
  epoch?: Epoch | undefined;
  /** Called while images are classified whose predictions are missing. */
  onProgress?: ((task: string, progress: ClassifyProgress) => void) | undefined;
}

const shape = {
  runs: list('a list of folders'),
  manifest: optional(record('a manifest, as prepare and loadManifest give it,')),
  data: optional(text('a prepared folder')),
  ...runOptions,
  onProgress: callback,
} satisfies ShapeOf<ReportRequest>;

/**
 * Writes `file`, whole or not at all: a page of HTML that has its charts and photos within it and asks for nothing from outside. Where
 * the predictions of a run are missing or older than its model, and the data set is at hand, it classifies the validation images and
 * writes `predictions.csv` into the run's folder, as `evaluate` does, or `predictions-best.csv` where another epoch has that file.
 *
 * @throws InvalidInputError when an argument is unknown or of another kind, when a folder has no run, when a file of one is damaged,
 *   and where the system cannot write
 */
export async function writeReport(request: ReportRequest, file: string): Promise<void> {
  checkArguments('writeReport', request, shape);
  checkArgument('file', file, text('the path of a file'));
  const { manifest, data, onProgress } = request;
  const { epoch } = resolveOptions(runOptions, pickOptions(runOptions, request));
  if (request.runs.length === 0) {
    throw missing('the folder of a run', 'runs');
  }
  await checkTarget(file, 'file', 'file');
  const runs = await readRuns(request.runs);
  const at = { manifest, data, epoch, onProgress };
  const results = await resultsOf(runs, { ...at, pictures: true });
  const facts = manifest && (await factsOf(manifest, data, { results, pictures: true }));
  const { bobbin } = await environmentNow();
  const page = await renderPage({ runs, results, data: facts, bobbin, written: new Date() });
  await writeWhole(file, page);
}
