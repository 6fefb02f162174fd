/** The losses of ordered classes by name. The choices and the help of `orderedLoss` derive from this list. */
import { cumulative } from './cumulative.js';
import { distance } from './distance.js';

export const orderedLosses = { cumulative, distance };
