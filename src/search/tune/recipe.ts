/** The result of a search as a recipe, which `train --recipe` and `submit --recipes` take. */
import { count } from '../../plural.js';
import { completeOptions, type GivenOptions, type RecipeOptions } from '../../training/index.js';
import type { Tuned } from './options.js';

/** All options that shape a training. A recipe leaves out the choice of images, the seed and the number of threads. */
export function recipeOf(options: GivenOptions): RecipeOptions {
  const {
    seed: _,
    fold: __,
    limit: ___,
    trainOn: ____,
    computeThreads: _____,
    ...shaping
  } = completeOptions({
    ...options,
  });
  return shaping;
}

/** JSON in the form of config.json, with a comment that says where it is from. */
export function recipeText({ task, trials, best, check, isBetter, options }: Tuned): string {
  const loss = trials.find(({ trial }) => trial === best)?.loss?.toFixed(4);
  const source = `${count(trials.length, 'trial')} of ${task}`;
  const [first, again] = [check?.first, check?.best].map((each) => each?.toFixed(4) ?? 'none');
  const comment = isBetter
    ? `Trial ${best} of ${source}: loss ${loss} on images held back; with another seed and fold ${again}, where the first trial has ${first}`
    : `The first of ${source}: no other was better with another seed and fold`;
  return `// ${comment}\n${JSON.stringify(options, null, 2)}\n`;
}
