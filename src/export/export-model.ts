/** Exports the models of a run for other programs; each export is compared with Bobbin before it appears. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { callback, checkArguments, optional, type ShapeOf, text } from '../arguments.js';
import { checkResultFolder, makeFolder, replaceFile, writePart } from '../disk/index.js';
import { conflict, expected } from '../errors.js';
import {
  type Epoch,
  findRun,
  openRun,
  type Run,
  type RunChoice,
  runOptions,
  runsIn,
} from '../model/index.js';
import { checkApplies, type GivenValues, pickOptions, resolveOptions } from '../options.js';
import { ensembleIn } from '../prediction/index.js';
import { descriptionFile, descriptionOf } from './description.js';
import { formatNamed } from './formats.js';
import { type ExportOptions, exportOptions } from './options.js';
import { answersOf, compared, type Verification, verificationImages } from './verification.js';

/** A request to {@link exportModel}. `task` and `epoch` choose among the models of the run. */
export interface ExportRequest extends RunChoice, GivenValues<typeof exportOptions> {
  /** A run, a folder with the runs of several tasks, or the folder of a model. */
  run: string;
  /** A new folder, or that of an earlier export. */
  out: string;
  /** Called when a model is written and compared. */
  onExported?: ((exported: Exported) => void) | undefined;
}

/** A model as it was exported. */
export interface Exported {
  /** Its folder: `out`, or where there are several models one in `out` for each. */
  folder: string;
  tasks: string[];
  /** Of all files in its folder. */
  bytes: number;
  verification: Verification;
}

const shape = {
  run: text('the path of a run'),
  out: text('the path of a folder'),
  task: optional(text('the name of a task')),
  ...runOptions,
  ...exportOptions,
  onExported: callback,
} satisfies ShapeOf<ExportRequest>;

/** The record of an export: its options and comparisons. By it a later export knows that it may replace the folder. */
const recordFile = 'export.json';

/**
 * Writes the model of `run` into `out`; of several models each into a folder of its own there. All appear together, and only if another
 * program computes the same with them as Bobbin does.
 *
 * @throws InvalidInputError when an argument is unknown, missing or out of its range, when `run` has no model or the format cannot
 *   express it, when its answers differ, and when `out` has anything but an earlier export. Nothing is written then
 */
export async function exportModel(request: ExportRequest): Promise<Exported[]> {
  checkArguments('exportModel', request, shape);
  const { run, out, task, onExported } = request;
  const { epoch } = resolveOptions(runOptions, pickOptions(runOptions, request));
  const options = resolveOptions(exportOptions, pickOptions(exportOptions, request));
  checkApplies(exportOptions, options);
  await checkExportFolder(out);
  if (`${path.resolve(run)}${path.sep}`.startsWith(`${path.resolve(out)}${path.sep}`)) {
    throw expected(
      'a folder that does not hold the run',
      'out',
      out,
      'An export replaces it whole',
    );
  }
  const runs = await runsToExport(run, { task, epoch });
  return await replaceFile(
    path.resolve(out),
    async (unfinished) => {
      const exported: Exported[] = [];
      for (const each of runs) {
        const place = runs.length === 1 ? '' : path.basename(each.folder);
        const written = await writeModel(each, path.join(unfinished, place), { epoch, options });
        const result = { ...written, folder: path.join(out, place) };
        exported.push(result);
        onExported?.(result);
      }
      const models = exported.map(({ folder, ...each }) => ({
        ...{ folder: path.relative(out, folder) || '.', ...each },
      }));
      const record = { format: options.to, options, epoch, models };
      await writePart(path.join(unfinished, recordFile), `${JSON.stringify(record, null, 2)}\n`);
      return exported;
    },
    () => rm(out, { recursive: true, force: true }),
  );
}

/** @throws InvalidInputError unless {@link exportModel} may write to `folder` */
export const checkExportFolder = (folder: string, name = 'out'): Promise<void> =>
  checkResultFolder(folder, { record: recordFile, what: 'an earlier export', name });

/** The runs in `folder`; with a task the one that answers it. */
async function runsToExport(
  folder: string,
  choice: { task: string | undefined; epoch: Epoch },
): Promise<Run[]> {
  if ((await ensembleIn(folder)) !== undefined) {
    const why = 'Export one of its runs, or merge them into one model by average-checkpoints';
    throw conflict(`${folder}, an ensemble,`, 'an export, which has one network', why);
  }
  const runs = choice.task === undefined ? await runsIn(folder, choice.epoch) : [];
  // It also says what is wrong where there is none.
  return runs.length > 1 ? runs : [await findRun(folder, choice)];
}

async function writeModel(
  run: Run,
  folder: string,
  { epoch, options }: { epoch: Epoch; options: ExportOptions },
): Promise<Omit<Exported, 'folder'>> {
  using classifier = await openRun(run, epoch);
  const format = formatNamed(options.to);
  await makeFolder(folder);
  const description = JSON.stringify(descriptionOf(classifier), null, 2);
  await writePart(path.join(folder, descriptionFile), `${description}\n`);
  await format.write(classifier, folder, options);
  const images = verificationImages(classifier.preprocessing);
  const own = await answersOf(classifier, images);
  const computed = await format.compute(folder, images);
  const bound = format.bound(options);
  const verification = compared(computed, own, { bound, format: format.name });
  const { task, tasks } = run;
  return { tasks: task === undefined ? tasks : [task], bytes: await bytesIn(folder), verification };
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const found = await Promise.all(names.map((name) => stat(path.join(folder, name))));
  return found.reduce((sum, each) => sum + (each.isFile() ? each.size : 0), 0);
}
