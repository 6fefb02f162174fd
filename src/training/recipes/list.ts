/** The recipes by name. The choices and the help of `recipe`, and the docs, derive from this list. */
import { original } from './original.js';
import { quick } from './quick.js';
import { strong } from './strong.js';

/** The recipes by their names. */
export const recipes = { original, quick, strong };
