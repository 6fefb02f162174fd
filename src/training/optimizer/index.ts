/** Optimizers, and what goes before and after their steps. */
export { AdamW } from './adamw.js';
export type { NamedVariable, Optimizer, Slot } from './optimizer.js';
export {
  type AdamWOptions,
  type SgdOptions,
  type UpdaterOptions,
  updaterOptions,
} from './options.js';
export { Sgd } from './sgd.js';
export { Updater } from './updater.js';
