/** Completes given options by those of a recipe, or of any other set; what is given wins. */
import path from 'node:path';
import { readOptions } from '../../disk/index.js';
import { modelOptions } from '../../model/index.js';
import { type GivenValues, isPath, type OptionTable, optionsByName } from '../../options.js';
import { groupedValues, type Settings, valuesByName } from '../../settings.js';
import { trainAugmentationOptions, trainOptions } from '../options.js';
import { recipes } from './list.js';
import type { recipeOptions } from './options.js';
import type { RecipeOptions } from './recipe.js';

/** Options that the caller of `train` gives. */
export interface GivenOptions extends RecipeOptions, GivenValues<typeof recipeOptions> {}

/** Those of a recipe: it names no other one. */
const fileOptions = optionsByName({
  model: modelOptions,
  ...trainOptions,
  augmentation: trainAugmentationOptions,
});

/**
 * `given` completed by the options of the recipe that it names; `given` itself if it names none.
 *
 * @throws InvalidInputError with file and line when the recipe is a file that cannot be read, is not JSON, or has an unknown
 *   name or a wrong value
 */
export async function withRecipe<Options extends GivenOptions>(given: Options): Promise<Options> {
  const { recipe } = withRecipePath(given);
  if (recipe === undefined) {
    return given;
  }
  const options = isPath(recipe)
    ? groupedValues(await readOptions(recipe, fileOptions, 'recipe'))
    : recipes[recipe as keyof typeof recipes].options;
  return completedBy({ ...given, recipe }, options);
}

/**
 * Sentences that say where each option is from, if there is a recipe: from what `sources` say of it, else from the call.
 *
 * @param given by the caller
 * @param options the same, completed by the recipe
 */
export function sourcesOf(
  given: GivenOptions,
  options: GivenOptions,
  sources: Readonly<Record<string, string>> = {},
): string[] {
  if (options.recipe === undefined) {
    return [];
  }
  const own = namesOf(given);
  const bySource = new Map<string, string[]>();
  const add = (source: string, name: string) =>
    bySource.set(source, [...(bySource.get(source) ?? []), name]);
  for (const name of namesOf(options)) {
    add(own.includes(name) ? (sources[name] ?? 'the call') : `recipe ${options.recipe}`, name);
  }
  const lines = [...bySource].map(([source, names]) => `From ${source}: ${names.join(', ')}`);
  return [...lines, 'All other options have their defaults'];
}

/** The options of a recipe or beside it that have a value; one in a group is `group.name`. */
const namesOf = (options: GivenOptions): string[] => {
  const values = valuesByName({ ...options });
  return [...fileOptions.keys()].filter((name) => values.has(name));
};

/** `given` with a recipe that names the same one in every folder. */
export const withRecipePath = <Options extends GivenOptions>(given: Options): Options =>
  given.recipe !== undefined && isPath(given.recipe)
    ? { ...given, recipe: path.resolve(given.recipe) }
    : given;

/**
 * `given` with the options of `base` where it has none. An option of `base` that does not apply with the given ones, such as
 * one of another optimizer, is left out. An option that neither has is not in the result.
 */
export function completedBy<Options extends GivenOptions>(
  given: Options,
  base: RecipeOptions,
): Options {
  return {
    ...defined(given),
    ...completed(trainOptions, given as Settings, base as Settings),
    model: { ...base.model, ...defined(given.model ?? {}) },
    augmentation: completed(
      trainAugmentationOptions,
      given.augmentation ?? {},
      base.augmentation ?? {},
    ),
  };
}

function completed(table: OptionTable, given: Settings, base: Settings): Settings {
  const known = (name: string) => given[name] ?? base[name];
  const chosen = (name: string) => (known(name) ?? table[name]?.default) as string;
  const entries = Object.entries(table).map(([name, { appliesWith }]) => {
    // With another optimizer, that it differs is the fault to tell.
    const applies = !appliesWith || appliesWith.choices.includes(chosen(appliesWith.option));
    return [name, applies ? known(name) : given[name]];
  });
  return defined(Object.fromEntries(entries));
}

/** Without what is `undefined`: the result may be spread over defaults. */
const defined = <Values extends object>(values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Values;
