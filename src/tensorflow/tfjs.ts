/** The whole of tfjs, with the random ops that `jit` can trace in the place of its own. */
export * from '@tensorflow/tfjs';
export {
  dropout,
  multinomial,
  randomNormal,
  randomStandardNormal,
  randomUniform,
  randomUniformInt,
  truncatedNormal,
} from './random.js';
