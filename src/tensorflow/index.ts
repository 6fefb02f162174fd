/**
 * The public face of the TensorFlow stage: tfjs on Bobbin's backend, its configuration, and batches as tensors.
 *
 * Three modules are imported for their effects, in this order:
 * - `backend.js` registers tfjs-node's kernels over Bobbin's binding as tfjs's backend and makes it the active one. It also
 *   registers `file://` addresses, restores functions of Node's `util` that tfjs-node calls and shortens tfjs's warnings about
 *   copies of itself (before-tfjs);
 * - `kernels/index.js` adds kernels to it and corrects some of tfjs-node's;
 * - `backend-patches.js` replaces methods of the backend and of tfjs's engine for `jit` and stored variables.
 *
 * Nothing else in this folder changes tfjs when it is imported. During a trace, trace.ts also replaces `Math.random` and
 * the engine's `makeVariable`.
 */
import './backend.js';
import './kernels/index.js';
import './backend-patches.js';
import { runtime } from './configuration.js';
import type { NativeDevice } from './native-tensorflow.js';

/** Modules of tfjs-node that `@bobbin/tfjs-node` shares with the backend: it knows their classes by `instanceof`. */
export * as int64Tensors from '#tfjs-node/int64_tensors.js';
export * as kernelBackend from '#tfjs-node/nodejs_kernel_backend.js';
export {
  adoptBatch,
  type LabelledTensors,
  type TensorsOptions,
  targetsOf,
  tensors,
} from './adoption.js';
export {
  type AllReduceOptions,
  allReduce,
  allReduceOptions,
  broadcast,
} from './collectives/all-reduce.js';
export { enterGroup, type Group } from './collectives/group.js';
export {
  checkPrecision,
  configure,
  gpuInUse,
  type RuntimeOptions,
  runtimeOptions,
  sessionConfig,
  useThreads,
} from './configuration.js';
export { type Jitted, jit } from './jit.js';
export { type JitOptions, jitOptions } from './jit-options.js';
export {
  addBias,
  type Convolution,
  convolve,
  convolveDepthwise,
} from './kernels/convolution.js';
export { frozenNormalize } from './kernels/frozen-normalization.js';
export {
  type FrozenNormalizeOptions,
  type FusedNormalizeOptions,
  fusedNormalize,
} from './kernels/fused-batch-normalization.js';
export {
  type SynchronisedNormalizeOptions,
  synchronisedNormalize,
} from './kernels/synchronised-batch-normalization.js';
export { type Attribute, executeOp, type OpCall } from './ops.js';
export { type BatchShare, keyedDropout, keyedUniform, rowsOfShare } from './random.js';
export { loadSavedModel, type SavedModelOptions } from './saved-model.js';
/** All of tfjs, computed by TensorFlow. `file://` addresses load and save models. */
export * as tf from './tfjs.js';
export { type FunctionGraph, graphOf, shapesOf, tracing } from './trace.js';
export { updateVariables, type VariableUpdate } from './update.js';
export { VariableVersions } from './variable-versions.js';

/** TensorFlow's version, `2.21.0`. */
export const tensorFlowVersion = (): string => runtime().TF_Version as string;

/** A device on which TensorFlow computes. */
export type Device = NativeDevice;

/** The devices on which TensorFlow computes. Starts TensorFlow. */
export function devices(): Device[] {
  return runtime().devices();
}

/** The numbers of live tensors and of traced functions, and the bytes of the tensors' values; shared memory counts twice. */
export function memory(): { tensors: number; bytes: number; functions: number } {
  return runtime().memory();
}
