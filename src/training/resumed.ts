/** The options of a resumed run: what is given, and for the rest what the run was begun with. */
import { settingsOfRun } from './checkpoint/checkpoint.js';
import { completedBy, type GivenOptions, withRecipe, withRecipePath } from './recipes/complete.js';

/**
 * `given` with the options that the run in `folder` has, where `given` has none; an option of both stays as it is given. Its recipe
 * is not read again. Without a checkpoint it is `given` with its recipe's options. An option that neither has is not in the result.
 *
 * @throws InvalidInputError when another version wrote the checkpoint or its state is damaged, and as {@link withRecipe} does
 */
export async function resumedOptions<Options extends GivenOptions>(
  folder: string,
  given: Options,
): Promise<Options> {
  const saved = await settingsOfRun(folder);
  if (saved === undefined) {
    return await withRecipe(given);
  }
  const { recipe = saved.recipe as string | undefined } = withRecipePath(given);
  return completedBy({ ...given, recipe }, { ...saved, model: undefined, augmentation: saved });
}
