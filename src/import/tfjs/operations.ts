/** TensorFlow's operations in ONNX's. Images are [batch, height, width, channels] there: transposes around an operation cost nothing. */
import type { GraphNode } from '../../graph/index.js';
import type { TensorFlowNode } from './nodes.js';

/** Adds nodes and constants to the graph. */
export interface Maker {
  /** Adds a node; its result has this name or, without one, the name of its only value. */
  add(operation: string, inputs: string[], attributes?: GraphNode['attributes']): string;
  /** The value of a tensor of the file, whole numbers or floats. */
  constant(node: TensorFlowNode, input: number): number[];
  /** Adds a constant. */
  floats(values: number[]): string;
  integers(values: number[]): string;
  /** The kernel of a convolution in ONNX's axes. */
  kernel(node: TensorFlowNode, isDepthwise: boolean): { name: string; groups: number };
}

/** Adds what computes a node, and gives the name of the result. */
type Translation = (node: TensorFlowNode, maker: Maker) => string;

const toOnnx = [0, 3, 1, 2];
const toTensorFlow = [0, 2, 3, 1];

const same =
  (operation: string): Translation =>
  ({ inputs }, maker) =>
    maker.add(operation, inputs);

/** An operation on images whose channels are the second axis. */
function onImages(node: TensorFlowNode, maker: Maker, compute: (image: string) => string): string {
  if (node.text('data_format', 'NHWC') !== 'NHWC') {
    throw node.refuse('NHWC', 'data_format', node.text('data_format', ''));
  }
  const image = maker.add('Transpose', [node.inputs[0] as string], { perm: toOnnx });
  return maker.add('Transpose', [compute(image)], { perm: toTensorFlow });
}

/** Strides, dilations and padding. */
function windowOf(node: TensorFlowNode): GraphNode['attributes'] {
  const padding = node.text('padding', 'VALID');
  const names: Record<string, string> = { SAME: 'SAME_UPPER', VALID: 'VALID' };
  if (!Object.hasOwn(names, padding)) {
    throw node.refuse('SAME or VALID', 'padding', padding);
  }
  const inner = (name: string) => {
    const [, rows = 1, columns = 1] = node.numbers(name);
    return [rows, columns];
  };
  return {
    strides: inner('strides'),
    dilations: inner('dilations'),
    auto_pad: names[padding] as string,
  };
}

const convolution =
  (isDepthwise: boolean): Translation =>
  (node, maker) => {
    const convolved = onImages(node, maker, (image) => {
      const { name, groups } = maker.kernel(node, isDepthwise);
      return maker.add('Conv', [image, name], { ...windowOf(node), group: groups });
    });
    return fused(node, maker, convolved);
  };

const product: Translation = (node, maker) => {
  const attributes = {
    transA: Number(node.flag('transpose_a')),
    transB: Number(node.flag('transpose_b')),
  };
  return fused(node, maker, maker.add('Gemm', node.inputs.slice(0, 2), attributes));
};

/** What the converter put into a convolution or product: a bias, and an activation. */
function fused(node: TensorFlowNode, maker: Maker, value: string): string {
  const [, , bias] = node.inputs;
  let result = value;
  for (const name of node.texts('fused_ops')) {
    const activation = activations[name];
    if (name === 'BiasAdd' && bias !== undefined) {
      result = maker.add('Add', [result, bias]);
    } else if (activation !== undefined) {
      result = activation(node, maker, result);
    } else {
      throw node.refuse(`BiasAdd or ${Object.keys(activations).join(', ')}`, 'fused_ops', name);
    }
  }
  return result;
}

type Activation = (node: TensorFlowNode, maker: Maker, value: string) => string;

const activation =
  (operation: string): Activation =>
  (_, maker, value) =>
    maker.add(operation, [value]);

const activations: Readonly<Record<string, Activation>> = {
  Elu: activation('Elu'),
  LeakyRelu: (node, maker, value) => {
    const alpha = node.number('alpha', node.number('leakyrelu_alpha', 0.2));
    return maker.add('LeakyRelu', [value], { alpha });
  },
  Relu: activation('Relu'),
  Relu6: (_, maker, value) => maker.add('Clip', [value, maker.floats([0]), maker.floats([6])]),
  Sigmoid: activation('Sigmoid'),
  Softplus: activation('Softplus'),
  Tanh: activation('Tanh'),
};

const pool =
  (operation: string): Translation =>
  (node, maker) => {
    const { dilations: _, ...attributes } = windowOf(node);
    const kernel_shape = node.numbers('ksize').slice(1, 3);
    return onImages(node, maker, (image) =>
      maker.add(operation, [image], { ...attributes, kernel_shape }),
    );
  };

const normalization: Translation = (node, maker) => {
  if (node.flag('is_training')) {
    throw node.refuse('false', 'is_training', true);
  }
  const attributes = { epsilon: node.number('epsilon', 1e-4) };
  return onImages(node, maker, (image) =>
    maker.add('BatchNormalization', [image, ...node.inputs.slice(1, 5)], attributes),
  );
};

/** Zeros, or the number of PadV2, before and after each axis. */
const pad: Translation = (node, maker) => {
  const pairs = maker.constant(node, 1);
  const [before, after] = [0, 1].map((side) => pairs.filter((_, index) => index % 2 === side));
  const pads = maker.integers([...(before ?? []), ...(after ?? [])]);
  return maker.add('Pad', [node.inputs[0] as string, pads, ...node.inputs.slice(2)]);
};

const mean: Translation = (node, maker) => {
  const axes = maker.integers(maker.constant(node, 1));
  const keepdims = Number(node.flag('keep_dims'));
  return maker.add('ReduceMean', [node.inputs[0] as string, axes], { keepdims });
};

const squeeze: Translation = (node, maker) => {
  const axes = node.numbers('squeeze_dims');
  const given = axes.length > 0 ? [maker.integers(axes)] : [];
  return maker.add('Squeeze', [node.inputs[0] as string, ...given]);
};

const concatenation: Translation = (node, maker) => {
  const last = node.inputs.length - 1;
  const [axis = 0] = maker.constant(node, last);
  return maker.add('Concat', node.inputs.slice(0, last), { axis });
};

const softmax: Translation = ({ inputs }, maker) => maker.add('Softmax', inputs, { axis: -1 });

export const translations: Readonly<Record<string, Translation>> = {
  Add: same('Add'),
  AddV2: same('Add'),
  AvgPool: pool('AveragePool'),
  BiasAdd: same('Add'),
  ConcatV2: concatenation,
  Conv2D: convolution(false),
  DepthwiseConv2dNative: convolution(true),
  FusedBatchNorm: normalization,
  FusedBatchNormV2: normalization,
  FusedBatchNormV3: normalization,
  FusedDepthwiseConv2dNative: convolution(true),
  MatMul: product,
  MaxPool: pool('MaxPool'),
  Maximum: same('Max'),
  Mean: mean,
  Minimum: same('Min'),
  Mul: same('Mul'),
  Pad: pad,
  PadV2: pad,
  RealDiv: same('Div'),
  Reshape: same('Reshape'),
  Softmax: softmax,
  Squeeze: squeeze,
  Sub: same('Sub'),
  _FusedConv2D: convolution(false),
  _FusedMatMul: product,
  ...Object.fromEntries(
    Object.entries(activations).map(([op, activate]): [string, Translation] => [
      op,
      (node, maker) => activate(node, maker, node.inputs[0] as string),
    ]),
  ),
};
