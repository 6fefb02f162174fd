/** The losses by name. The choices, flags, help and docs of their options derive from this list. */
import { crossEntropy } from './cross-entropy.js';
import { focal } from './focal.js';

export const losses = { 'cross-entropy': crossEntropy, focal };
