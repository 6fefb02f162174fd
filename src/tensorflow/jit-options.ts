/** Options of `jit`. */
import type { OptionValues } from '../options.js';

/** Options of {@link jit}. */
export const jitOptions = {
  xla: {
    type: 'boolean',
    default: false,
    help: 'compile with XLA: a longer first call, then fewer passes over memory',
  },
  optimize: {
    type: 'boolean',
    default: false,
    help: 'let TensorFlow fuse and fold ops, and fold batch normalisation into convolutions: a longer first call, and results that differ by rounding',
  },
  frozen: {
    type: 'boolean',
    default: false,
    help: 'optimize, and compute once what follows from variables alone, if the function does not write them: costs a copy of that, and a new trace after one has changed; after five changes the function follows its variables',
  },
  precision: {
    type: 'choice',
    choices: ['float32', 'bfloat16', 'float16'],
    default: 'float32',
    help: 'type in which convolutions and products of matrices are computed: bfloat16 on a CPU, float16 on a GPU; tensors and variables stay float32',
  },
  seed: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 2 ** 31 - 1,
    help: 'seed of the random numbers drawn inside; each call draws other numbers',
  },
  maxTraces: {
    type: 'integer',
    default: 16,
    min: 1,
    max: 10_000,
    help: 'most traces to keep; a new one then replaces the one unused for longest',
  },
} as const;

/** The options of `jit`, all of them given. */
export type JitOptions = OptionValues<typeof jitOptions>;
