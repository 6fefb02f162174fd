/** Gives tfjs-node's kernels the `util` function that Node 24 removed; imported before them. */
import util from 'node:util';

// Defined on older versions too, where calling Node's own would print a deprecation warning.
Object.assign(util, {
  isNullOrUndefined: (value: unknown): boolean => value === null || value === undefined,
});
