/** The option that names a recipe. It is none of `trainOptions`, of which recipes are made. */
import type { OptionTable } from '../../options.js';
import { recipes } from './list.js';

export const recipeOptions = {
  recipe: {
    type: 'recipe',
    choices: Object.keys(recipes) as (keyof typeof recipes)[],
    default: undefined,
    defaultHelp: 'none',
    help: `options to begin with, where none are given: ${Object.entries(recipes)
      .map(([name, { help }]) => `${name}: ${help}`)
      .join('; ')}; a file has the form of config.json`,
  },
} as const satisfies OptionTable;
