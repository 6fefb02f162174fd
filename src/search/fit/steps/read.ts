/** Step 1: reads the photos, and holds images back. */
import {
  loadManifest,
  type Manifest,
  prepare,
  samplesOf,
  saveManifest,
  type Task,
  taskOf,
} from '../../../dataset/index.js';
import { expected, missing } from '../../../errors.js';
import { count } from '../../../plural.js';
import type { Fitting, Photos } from '../fitting.js';
import { partsOf } from '../parts.js';

/** The folders of data sets: all photos as they were prepared, and those of training and choosing. */
export const dataFolders = { prepared: 'data', choosing: 'choosing' };

/**
 * Prepares the photos, or finds what an earlier call has prepared: later changes of the photos do not count.
 *
 * @throws InvalidInputError as `prepare` does, and for photos that no classifier can be made of
 */
export async function read(fitting: Fitting): Promise<Photos> {
  const [line] = fitting.linesOf('read');
  const prepared = fitting.at(dataFolders.prepared);
  if (line !== undefined) {
    return photosOf(fitting, await loadManifest(prepared), line.task);
  }
  const { photos, task: wanted } = fitting.request;
  const { manifest } = await prepare(photos, {
    out: prepared,
    seed: fitting.seed,
    onProgress: (done, total) => fitting.progress({ label: 'reading photos', done, total }),
  });
  const task = chosenTask(manifest, wanted);
  const found = photosOf(fitting, manifest, task.name);
  await saveManifest(found.choosing, fitting.at(dataFolders.choosing));
  await fitting.add({ event: 'read', task: task.name, says: inWords(found) });
  return found;
}

function photosOf({ seed }: Fitting, manifest: Manifest, name: string): Photos {
  const task = taskOf(manifest, name);
  return { task, ...partsOf(manifest, task, seed) };
}

function chosenTask({ tasks }: Manifest, wanted: string | undefined): Task {
  const names = tasks.map(({ name }) => name).join(', ');
  if (wanted === undefined && tasks.length > 1) {
    throw missing(`one of ${names}`, 'task', 'The photos have labels for each: fit one at a time');
  }
  const task = tasks.find(({ name }) => wanted === undefined || name === wanted);
  if (task === undefined) {
    throw expected(`one of ${names}`, 'task', wanted);
  }
  if (task.labels === 'any') {
    const remedy = 'Train a network on them: npx bobbin prepare, then npx bobbin train';
    throw expected('one label an image', `task ${task.name}`, 'any number of labels', remedy);
  }
  if (task.classes.length < 2) {
    const remedy = 'Put the photos of each class into a folder of its own';
    throw expected('photos of 2 classes or more', `task ${task.name}`, task.classes, remedy);
  }
  return task;
}

function inWords({ task, choosing, reported }: Photos): string {
  const [train, held] = (['train', 'validation'] as const).map((split) =>
    count(samplesOf(choosing, task.name, split).length, 'image'),
  );
  const use =
    reported === undefined
      ? `${held} are held back to choose on and to score; choosing among several makes that score slightly too high, but there are too few images to spare another part`
      : `${held} are held back to choose on, and ${count(reported.length, 'other')}, which nothing is chosen on, to score the answer`;
  return `Read ${count(task.classes.length, 'class', 'classes')}: ${train} to train on; ${use}.`;
}
