/** Registers tfjs-node's kernels over Bobbin's binding as tfjs's backend, and makes it the active one. */
import './node-compat.js';
import * as tf from '@tensorflow/tfjs';
import { nodeFileSystemRouter } from '@tensorflow/tfjs-node-gpu/dist/io/file_system.js';
import { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js';
import { runtime } from './configuration.js';

export const backendName = 'tensorflow';

/** Both are protected in tfjs-node's own declaration; Bobbin's tensors are made through them. */
export interface Backend {
  createOutputTensor(metadata: { id: number; shape: number[]; dtype: number }): tf.Tensor;
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
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

const theBackend = createBackend();
tf.registerBackend(backendName, () => theBackend, 3);
void tf.setBackend(backendName);
tf.io.registerLoadRouter(nodeFileSystemRouter);
tf.io.registerSaveRouter(nodeFileSystemRouter);

export const backend = theBackend as unknown as Backend;
