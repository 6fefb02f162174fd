/** TensorFlow: tfjs with Bobbin's backend, its configuration, and batches as tensors. */
import './backend.js';
import './javascript-kernels.js';
import './kernels.js';
import './padded-pooling.js';
import { runtime } from './configuration.js';
import type { NativeDevice } from './native-tensorflow.js';

export {
  adoptBatch,
  type LabelledTensors,
  type TensorsOptions,
  targetsOf,
  tensors,
} from './adoption.js';
export {
  checkPrecision,
  configure,
  gpuInUse,
  type RuntimeOptions,
  runtimeOptions,
} from './configuration.js';
export { type JitOptions, type Jitted, jit, jitOptions } from './jit.js';
export { type Attribute, executeOp, type OpCall } from './ops.js';
export { keyedDropout, keyedUniform } from './random.js';
export { loadSavedModel } from './saved-model.js';
/** The whole of tfjs, running on TensorFlow; `file://` addresses load and save models. */
export * as tf from './tfjs.js';
export { tracing } from './trace.js';
export { updateVariables, type VariableUpdate } from './update.js';

export type Device = NativeDevice;

/** The devices TensorFlow computes on. Starts TensorFlow. */
export function devices(): Device[] {
  return runtime().devices();
}

/**
 * What TensorFlow holds: tensors alive, the bytes of their values (shared memory counted twice), and
 * traced functions.
 */
export function memory(): { tensors: number; bytes: number; functions: number } {
  return runtime().memory();
}
