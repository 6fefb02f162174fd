/** Optimizers, and what goes before and after their steps. */
export { AdamW, type AdamWOptions } from './adamw.js';
export type { NamedVariable, Optimizer, Slot } from './optimizer.js';
export { Sgd, type SgdOptions } from './sgd.js';
export { Updater, type UpdaterOptions } from './updater.js';
