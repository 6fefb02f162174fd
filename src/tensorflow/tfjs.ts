/** All of tfjs, but with random ops that `jit` can trace. */
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
