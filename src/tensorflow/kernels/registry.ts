/** Adds kernels to tfjs's backend, or replaces kernels of tfjs-node. */
import * as tf from '@tensorflow/tfjs';
import { backendName } from '../backend.js';

/** A kernel's input tensors by name, from tfjs-core. */
type Inputs = Record<string, tf.Tensor>;
// biome-ignore lint/suspicious/noExplicitAny: each kernel's attributes have their own shape, declared in tfjs-core.
type Attributes = Record<string, any>;
export type Kernel = (inputs: Inputs, attributes: Attributes) => tf.Tensor | tf.Tensor[];

/** Adds a kernel that is missing in tfjs-node. */
export function register(kernelName: string, kernel: Kernel): void {
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) => kernel(inputs as Inputs, (attrs ?? {}) as Attributes),
  });
}

/** Replaces a kernel of tfjs-node. The new kernel may call the original one. */
export function correct(kernelName: string, corrected: (original: Kernel) => Kernel): void {
  const { kernelFunc } = tf.getKernel(kernelName, backendName);
  const original: Kernel = (inputs, attrs) =>
    kernelFunc({ inputs, attrs, backend: tf.backend() }) as tf.Tensor;
  tf.unregisterKernel(kernelName, backendName);
  register(kernelName, corrected(original));
}
