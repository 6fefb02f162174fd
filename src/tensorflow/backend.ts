/** Registers tfjs-node's kernels over Bobbin's binding as tfjs's backend, and makes it the active one. */
import './node-compat.js';
import * as tf from '@tensorflow/tfjs';
import { nodeFileSystemRouter } from '@tensorflow/tfjs-node-gpu/dist/io/file_system.js';
import { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js';
import { runtime } from './configuration.js';

export const backendName = 'tensorflow';

/** What the backend knows of a tensor's data. */
export interface Entry {
  shape: number[];
  /** TensorFlow's number. */
  dtype: number;
  /** In the native table; below 0 while the values are elsewhere. */
  id: number;
  /** Not yet handed to TensorFlow; else null. */
  values: object | null;
  refCount: number;
}

/** Those of tfjs-node's members, some of them protected in its declaration, that Bobbin works through. */
export interface Backend {
  readonly tensorMap: Pick<Map<object, Entry>, 'get' | 'set' | 'has'>;
  createOutputTensor(metadata: { id: number; shape: number[]; dtype: number }): tf.Tensor;
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  executeSingleOutput(name: string, attributes: object[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: object[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
  readSync(dataId: object): tf.backend_util.BackendValues;
  /** Whether nobody refers to the data any longer, so that it is gone. */
  disposeData(dataId: object, force?: boolean): boolean;
  incRef(dataId: object): void;
  applyActivation(
    input: tf.Tensor,
    activation: string | undefined,
    preluWeights: tf.Tensor | undefined,
    leakyreluAlpha: number | undefined,
  ): tf.Tensor;
}

/**
 * The constructor asks whether there is a GPU, which would start TensorFlow before anybody could
 * configure it, so it sees a stand-in; from then on every call reaches the addon, loaded on first use.
 */
function createBackend(): NodeJSKernelBackend {
  const unstarted = { isUsingGpuDevice: () => false } as unknown as TFJSBinding;
  const backend = new NodeJSKernelBackend(unstarted, '');
  const usesGpu = { get: () => runtime().isUsingGpuDevice() };
  return Object.defineProperties(backend, {
    binding: { get: runtime },
    isUsingGpuDevice: usesGpu,
    isGPUPackage: usesGpu,
  });
}

// TensorFlow's information messages, unless asked for, would end up between Bobbin's own lines.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
// By itself TensorFlow takes oneDNN only where a CPU has VNNI; without it, it knows neither NCHW nor dilated depthwise
// convolutions on a CPU, nor bfloat16.
process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';

const theBackend = createBackend();
tf.registerBackend(backendName, () => theBackend, 3);
void tf.setBackend(backendName);
tf.io.registerLoadRouter(nodeFileSystemRouter);
tf.io.registerSaveRouter(nodeFileSystemRouter);

export const backend = theBackend as unknown as Backend;

/** Puts `by(original)` in the place of one of the backend's methods. */
export function override<Name extends Exclude<keyof Backend, 'tensorMap'>>(
  name: Name,
  by: (original: Backend[Name]) => Backend[Name],
): void {
  const original = backend[name].bind(backend) as Backend[Name];
  Object.assign(backend, { [name]: by(original) });
}
