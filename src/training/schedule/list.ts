/** The learning-rate schedules by name. The choices, flags, help and docs of their options derive from this list. */
import { cosine } from './cosine.js';
import { oneCycle } from './one-cycle.js';
import { step } from './step.js';

export const schedules = { cosine, step, 'one-cycle': oneCycle };
