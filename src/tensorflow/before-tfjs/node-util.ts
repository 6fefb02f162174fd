/** Restores functions of Node's `util` that tfjs-node's kernels call. */
import util from 'node:util';

// Node 24 removed isNullOrUndefined. From Node 22 on, a call of Node's own function prints a warning.
Object.assign(util, {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
});
