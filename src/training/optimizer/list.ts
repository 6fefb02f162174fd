/** The optimizers by name. The choices, flags, help, docs and checks of their options derive from this list. */
import { adamw } from './adamw.js';
import { lion } from './lion.js';
import { sgd } from './sgd.js';

export const optimizers = { sgd, adamw, lion };
