/** The options of a resumed run: what is given, and for the rest what the run was begun with. */
import { completedBy, type GivenOptions, withRecipe, withRecipePath } from './recipes/complete.js';
import type { NetworkOptions } from './settings.js';
import { clusterOfTraining, resumedSettings } from './workers/resumed.js';

/**
 * `given` with the options that the run in `folder` has, where `given` has none; an option of both stays as it is given. Its recipe
 * is not read again. Without a checkpoint it is `given` with its recipe's options. An option that neither has is not in the result.
 * In a cluster worker 0 reads the run, and all workers call this together.
 *
 * @throws InvalidInputError when another version wrote the checkpoint or its state is damaged, and as {@link withRecipe} does
 */
export async function resumedOptions<Options extends GivenOptions>(
  folder: string,
  given: Options,
): Promise<Options> {
  const saved = await resumedSettings(folder);
  if (saved === undefined) {
    return await withRecipe(given);
  }
  const { recipe = saved.recipe as string | undefined } = withRecipePath(given);
  // Only a worker that cannot read the checkpoint builds the network again.
  const model =
    clusterOfTraining()?.isChief === false ? (saved.model as NetworkOptions) : undefined;
  return completedBy({ ...given, recipe }, { ...saved, model, augmentation: saved });
}
