/** Registers tfjs-node's kernels over Bobbin's binding as tfjs's backend, and makes it the active one. */
import './before-tfjs/index.js';
import * as tf from '@tensorflow/tfjs';
import { nodeFileSystemRouter } from '#tfjs-node/io/file_system.js';
import { NodeJSKernelBackend } from '#tfjs-node/nodejs_kernel_backend.js';
import type { TFJSBinding } from '#tfjs-node/tfjs_binding.js';
import '#tfjs-node/register_all_kernels.js';
import { expected } from '../errors.js';
import { runtime } from './configuration.js';

export const backendName = 'tensorflow';

/** The backend's record of a tensor's data. */
export interface Entry {
  shape: number[];
  /** TensorFlow's number for the dtype. */
  dtype: number;
  /** Number in the native table; negative while the values are elsewhere. */
  id: number;
  /** Values that TensorFlow does not have yet; else null. */
  values: object | null;
  refCount: number;
}

/** The members of tfjs-node's backend that Bobbin uses; some are protected in its declaration. */
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
  /** Drops one reference to the data, and the data with its last reference. Returns whether the data was dropped. */
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
 * The backend's constructor asks the binding for a GPU, which would start TensorFlow before a call of `configure`.
 * Therefore the constructor gets a substitute. Later calls reach the addon, which is loaded on first use.
 */
function createBackend(): NodeJSKernelBackend {
  const unstarted = { isUsingGpuDevice: () => false } as unknown as TFJSBinding;
  const backend = new NodeJSKernelBackend(unstarted, '');
  const usesGpu = { get: () => runtime().isUsingGpuDevice() };
  return Object.defineProperties(backend, {
    binding: { get: runtime },
    isUsingGpuDevice: usesGpu,
    isGPUPackage: usesGpu,
    // `tf.removeBackend` calls it, and tfjs-node lacks it. Tensors stay until they are disposed of.
    dispose: { value: () => undefined },
  });
}

/** Makes the backend for tfjs's engine. It has the address of its module for the error that names two of them. */
const factory = Object.assign(() => theBackend, { source: import.meta.url });

const other: (Partial<typeof factory> & object) | null = tf.findBackendFactory(backendName);
if (other?.source === factory.source) {
  // This module is evaluated again, as by Jest's `resetModules`. tfjs moves tensors of the earlier backend when they are used.
  tf.removeBackend(backendName);
} else if (other !== null) {
  // A second one would register its kernels over the backend of the first.
  throw expected(
    'one version of bobbin, and no tfjs-node beside it,',
    'the process',
    [other.source ?? 'tfjs-node', factory.source],
    'Install one version for all packages; "@tensorflow/tfjs-node": "npm:@bobbin/tfjs-node@4.22.1" takes the place of tfjs-node',
  );
}

const theBackend = createBackend();
tf.registerBackend(backendName, factory, 3);
void tf.setBackend(backendName);
tf.io.registerLoadRouter(nodeFileSystemRouter);
tf.io.registerSaveRouter(nodeFileSystemRouter);

export const backend = theBackend as unknown as Backend;

/** Replaces one of the backend's methods by `by(original)`. */
export function override<Name extends Exclude<keyof Backend, 'tensorMap'>>(
  name: Name,
  by: (original: Backend[Name]) => Backend[Name],
): void {
  const original = backend[name].bind(backend) as Backend[Name];
  Object.assign(backend, { [name]: by(original) });
}
