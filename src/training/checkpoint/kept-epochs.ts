/** The weights of the best epochs of a run: those of the best one in `best`, those of the others in `kept`. */
import { existsSync } from 'node:fs';
import { cp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent, removeLeftovers, replaceFile, writing } from '../../disk/index.js';
import { type Classifier, recordOf, saveClassifier } from '../../model/index.js';

const bestOf = (run: string): string => path.join(run, 'best');
const keptOf = (run: string): string => path.join(run, 'kept');

/** E.g. `epoch-000004`. */
const nameOf = (epoch: number): string => `epoch-${String(epoch).padStart(6, '0')}`;

/**
 * Saves the weights of the epoch that has ended if it is one of `epochs`, and removes those that no longer are. What a kill leaves
 * can be used at any moment, and another call with the same arguments completes it.
 *
 * @param epochs the best ones, the best first
 * @param classifier that of the epoch that has ended
 */
export async function keepEpochs(
  run: string,
  epochs: readonly number[],
  classifier: Classifier & { epoch: number },
): Promise<void> {
  const { epoch } = classifier;
  const [best, ...others] = epochs;
  if (epoch === best) {
    await keepEarlierBest(run, others);
    await saveClassifier(classifier, bestOf(run));
  } else if (others.includes(epoch)) {
    await saveClassifier(classifier, path.join(keptOf(run), nameOf(epoch)));
  }
  await keepOnly(keptOf(run), others.map(nameOf));
}

/** Copies `best` to `kept` if its epoch is one of `others`: until the new best one is saved, both have it. */
async function keepEarlierBest(run: string, others: readonly number[]): Promise<void> {
  const best = bestOf(run);
  const { epoch } = await recordOf({ folder: best }, 'best');
  if (epoch === undefined || !others.includes(epoch)) {
    return;
  }
  const kept = path.join(keptOf(run), nameOf(epoch));
  if (!existsSync(kept)) {
    await replaceFile(kept, (unfinished) =>
      writing(kept, () => cp(best, unfinished, { recursive: true })),
    );
  }
}

/** Removes from `folder` all but these, and what a killed process left unfinished. */
async function keepOnly(folder: string, names: readonly string[]): Promise<void> {
  await removeLeftovers(folder);
  const found = (await ifPresent(readdir(folder))) ?? [];
  for (const name of found.filter((each) => /^epoch-\d{6}$/.test(each) && !names.includes(each))) {
    const file = path.join(folder, name);
    await writing(file, () => rm(file, { recursive: true, force: true }));
  }
}
