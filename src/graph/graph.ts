/** A network of another framework: a list of operations over named values, in one dialect whatever file it came from. */

/**
 * The operations are ONNX's, with the inputs and attributes of opset 20 (https://onnx.ai/onnx/operators/); readers of older
 * opsets and of other formats translate to it. Axes are the file's own: an image may be [n, 3, height, width] or
 * [n, height, width, 3]. Computing puts them into TensorFlow's order.
 */
export interface Graph {
  /** The batch of images; null for a side of any length. The first is the batch. */
  input: { name: string; shape: (number | null)[] };
  /** Each node follows those whose results it takes. */
  nodes: GraphNode[];
  /** The values that the network gives. */
  outputs: string[];
  /** Tensors that lie in a weights file, under these names: those of a torch state dict where the exporter kept them. */
  weights: GraphWeight[];
  /** Small tensors: shapes, axes, indices, scalars. */
  constants: Record<string, GraphConstant>;
}

export interface GraphNode {
  /** The file's name of the node, for errors. */
  name: string;
  /** `Conv`, `BatchNormalization`, … */
  operation: string;
  /** Names of values; '' where an optional input is left out. */
  inputs: string[];
  outputs: string[];
  attributes: Record<string, number | string | number[] | string[]>;
}

export interface GraphWeight {
  name: string;
  /** In the file's axes: a kernel is [out, in / groups, height, width]. */
  shape: number[];
  /** False for running statistics and for whole numbers, which no gradient reaches. */
  trainable: boolean;
}

export interface GraphConstant {
  /** Whole numbers of any width are `int32`: JavaScript computes with them, exactly up to 2⁵³. */
  dtype: 'float32' | 'int32' | 'bool';
  shape: number[];
  /** Row-major; 0 and 1 for `bool`. */
  values: number[];
}
