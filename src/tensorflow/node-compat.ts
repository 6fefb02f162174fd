/** Gives tfjs-node's kernels the `util` functions that Node removed or deprecates; imported before them. */
import util from 'node:util';

// Node 24 has no isNullOrUndefined; from Node 22 on, calling either of its own prints a warning.
Object.assign(util, {
  isArray: Array.isArray,
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
});
