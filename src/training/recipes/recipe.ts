/** What a recipe is: a named set of options for {@link train}. */
import type { GivenValues } from '../../options.js';
import type { TrainAugmentation, trainOptions } from '../options.js';
import type { NetworkOptions } from '../settings.js';

/** Options in the form of a call of `train`, and of `config.json`. */
export interface RecipeOptions extends GivenValues<typeof trainOptions> {
  model?: NetworkOptions | undefined;
  augmentation?: TrainAugmentation | undefined;
}

/** A recipe in the list of all of them, `list.ts`. An option that it does not have keeps its default. */
export interface Recipe {
  /** A few words for `--help`. */
  help: string;
  /** Where it is published, or what it is made of. */
  source: string;
  options: RecipeOptions;
}
