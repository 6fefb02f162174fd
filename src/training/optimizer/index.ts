/** Optimizers, and the updater that prepares their gradients and averages the weights. */
export { AdamW, type AdamWOptions } from './adamw.js';
export { Lion, type LionOptions } from './lion.js';
export type { NamedVariable, Optimizer, Slot } from './optimizer.js';
export {
  checkOptimizer,
  momentumOf,
  resolveOptimizer,
  type UpdaterOptions,
  updaterOptions,
} from './options.js';
export { Sgd, type SgdOptions } from './sgd.js';
export { Updater } from './updater.js';
