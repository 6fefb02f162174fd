/** What each run is watched for, by callbacks of Bobbin's own. */
import type { Callback } from '../callback.js';
import { guessing } from './guessing.js';
import { largeRate } from './large-rate.js';
import { overfitting } from './overfitting.js';
import { risingLoss } from './rising-loss.js';
import { watch } from './rule.js';
import { stillHead } from './still-head.js';

/** Callbacks for one call of `train`. */
export const watchers = (): Callback[] => [
  ...[risingLoss, overfitting, guessing, largeRate].map(watch),
  stillHead(),
];
