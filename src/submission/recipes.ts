/** Recipes of single tasks: read from a folder as `tune` writes it, and merged with the options of all tasks. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Task } from '../dataset/index.js';
import { ifPresent } from '../disk/index.js';
import { expected } from '../errors.js';
import { nearest } from '../near-miss.js';
import {
  completedBy,
  type GivenOptions,
  type RecipeOptions,
  withRecipe,
} from '../training/index.js';
import type { SubmitRequest } from './request.js';

export type Recipes = NonNullable<SubmitRequest['recipes']>;

/**
 * The options in each `TASK.json` of `folder`, by the task's name; other files are left alone.
 *
 * @throws InvalidInputError when there is no such file, and as `withRecipe` does
 */
export async function readRecipes(folder: string): Promise<Recipes> {
  const files = (await ifPresent(readdir(folder))) ?? [];
  const names = files.filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) {
    throw expected('a folder with a recipe TASK.json, as tune writes it,', 'recipes', folder);
  }
  const recipes: Record<string, RecipeOptions> = {};
  for (const name of names) {
    const recipe = path.resolve(folder, name);
    const { recipe: _, ...options } = await withRecipe<GivenOptions>({ recipe });
    recipes[path.basename(name, '.json')] = options;
  }
  return recipes;
}

/** @throws InvalidInputError for a recipe of a task that there is not */
export function checkRecipes(recipes: Recipes, tasks: readonly Task[]): void {
  const known = tasks.map(({ name }) => name);
  const unknown = Object.keys(recipes).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, known);
    const remedy = meant === undefined ? '' : `Did you mean ${meant}?`;
    const what = 'recipes (a file TASK.json for each task)';
    throw expected(`one of ${known.join(', ')}`, what, unknown, remedy);
  }
}

/** The options that a network of `tasks` is trained with: those of the recipe of its only task, and for the rest those of all. */
export async function trainingFor<Training extends GivenOptions>(
  { training, recipes }: { training: Training; recipes?: Recipes | undefined },
  tasks: readonly string[],
): Promise<Training> {
  const own = tasks.length === 1 ? recipes?.[tasks[0] as string] : undefined;
  return own === undefined ? training : completedBy(own as Training, await withRecipe(training));
}
