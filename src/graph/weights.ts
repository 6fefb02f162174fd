/** The weights of a graph as its layer keeps them: with their axes in the order in which operations take them. */
import { tf } from '../tensorflow/index.js';
import { kernelOrder, memoryOrder } from './axes.js';
import type { GraphNode, GraphWeight } from './graph.js';
import { inOrder, type Value } from './values.js';

/** A weight as it is kept: with its axes in the order in which operations take them. */
export interface ProgramWeight {
  /** Its name in the weights file. */
  name: string;
  /** As it is kept. */
  shape: number[];
  /** For each axis as it is kept, the file's axis. */
  axes: number[];
  trainable: boolean;
}

/** A weight's values: of a layer, which training changes, or alone. */
export type WeightValue = tf.LayerVariable | tf.Tensor;

/** Kernels are kept in TensorFlow's order, so that no step turns them. */
export function keptWeights(weights: GraphWeight[], nodes: GraphNode[]): ProgramWeight[] {
  const kernels = new Set(
    nodes.filter(({ operation }) => operation === 'Conv').map(({ inputs }) => inputs[1]),
  );
  return weights.map(({ name, shape, trainable }) => {
    const isKernel = kernels.has(name) && shape.length === 4;
    const axes = isKernel ? kernelOrder : inOrder(shape.length);
    return { name, shape: axes.map((axis) => shape[axis] as number), axes, trainable };
  });
}

export function weightValue(weight: WeightValue, { axes }: ProgramWeight): Value {
  const inFile = memoryOrder(axes);
  return weight instanceof tf.Tensor
    ? { tensor: weight, axes: inFile }
    : { tensor: weight.read(), axes: inFile, variable: weight };
}
