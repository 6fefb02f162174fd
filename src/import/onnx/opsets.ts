/** The operations of ONNX's opsets 9 to 19 in the forms that opset 20 gives them: https://onnx.ai/onnx/operators/ */
import type { GraphConstant, GraphNode } from '../../graph/index.js';

/** The opsets that can be read. */
export const opsets = { oldest: 9, newest: 20 } as const;

/** What translations know and make beside nodes. */
export interface Maker {
  /** Adds a constant that was the attribute `attribute`, and gives its name. */
  constant(owner: GraphNode, attribute: string, value: GraphConstant): string;
  /** Whether a value is a weight or a constant. */
  isTensor(value: string): boolean;
}

/** For operations that every file has in more forms than graphs have. */
const always = Number.POSITIVE_INFINITY;

type Translate = (node: GraphNode, maker: Maker) => GraphNode[];

interface Translation {
  /** The opset since when the operation has its form of opset 20. */
  since: number;
  translate: Translate;
}

/** The operation's form of opset 20; more than one node where it was split. */
export function translated(node: GraphNode, opset: number, maker: Maker): GraphNode[] {
  const translation = Object.hasOwn(translations, node.operation)
    ? translations[node.operation]
    : undefined;
  return translation !== undefined && opset < translation.since
    ? translation.translate(node, maker)
    : [node];
}

type Value = number | string | number[] | string[] | undefined;

const vector = (values: Value): GraphConstant => ({
  dtype: 'int32',
  shape: [(values as number[]).length],
  values: values as number[],
});

const scalar = (value: Value): GraphConstant => ({
  dtype: 'float32',
  shape: [],
  values: [value as number],
});

/** Attributes that became inputs, by the places that they have there. */
const toInputs =
  (places: Record<string, { at: number; as(value: Value): GraphConstant }>): Translate =>
  (node, maker) => {
    const inputs = [...node.inputs];
    const attributes = { ...node.attributes };
    for (const [name, { at, as }] of Object.entries(places)) {
      if (attributes[name] !== undefined) {
        while (inputs.length < at) {
          inputs.push('');
        }
        inputs[at] = maker.constant(node, name, as(attributes[name]));
        delete attributes[name];
      }
    }
    return [{ ...node, inputs, attributes }];
  };

const axesToInput = toInputs({ axes: { at: 1, as: vector } });

/** Before opset 13 all axes from `axis` on were one. */
const flatSoftmax: Translate = (node) => {
  const { axis = 1, ...attributes } = node.attributes;
  const [input = ''] = node.inputs;
  const [output = ''] = node.outputs;
  if (axis === -1) {
    return [node];
  }
  const made = (part: string) => `${output}:${part}`;
  const step = (operation: string, inputs: string[], result: string, own = {}): GraphNode => ({
    name: `${node.name}:${operation}`,
    ...{ operation, inputs, outputs: [result], attributes: own },
  });
  return [
    step('Shape', [input], made('shape')),
    step('Flatten', [input], made('flat'), { axis }),
    {
      ...node,
      inputs: [made('flat')],
      outputs: [made('probabilities')],
      attributes: { ...attributes, axis: -1 },
    },
    step('Reshape', [made('probabilities'), made('shape')], output),
  ];
};

/** Before opset 11 pixel i lay at i, and the nearest one was the one before. */
const asymmetricResize: Translate = (node) => {
  const [input = '', scales = ''] = node.inputs;
  const { mode = 'nearest' } = node.attributes;
  const form = { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  return [
    { ...node, operation: 'Resize', inputs: [input, '', scales], attributes: { ...form, mode } },
  ];
};

/** Parts are equal where no sizes are given; from opset 18 on the node says how many there are. */
const countedSplit: Translate = (node) =>
  node.inputs.length > 1
    ? [node]
    : [{ ...node, attributes: { ...node.attributes, num_outputs: node.outputs.length } }];

const splitToInput: Translate = (node, maker) =>
  toInputs({ split: { at: 1, as: vector } })(node, maker).flatMap((each) =>
    countedSplit(each, maker),
  );

/** Its `value` is the name of a constant of no axes. */
const expand: Translate = (node, maker) => {
  const { value = maker.constant(node, 'value', scalar(0)) } = node.attributes;
  return [
    { ...node, operation: 'Expand', inputs: [value as string, ...node.inputs], attributes: {} },
  ];
};

/**
 * What a training export computes beside the result is left out, and so is its mode where the file has statistics. Without
 * them the mode stays: it standardises weights.
 */
const normalize: Translate = (node, maker) => {
  const { epsilon = 1e-5, momentum = 0.9, training_mode: mode = 0 } = node.attributes;
  const hasStatistics = node.inputs.slice(3).every((value) => maker.isTensor(value));
  const training_mode = hasStatistics ? 0 : mode;
  return [
    {
      ...node,
      outputs: node.outputs.slice(0, 1),
      attributes: { epsilon, momentum, training_mode },
    },
  ];
};

const reductions = 'L1 L2 LogSum LogSumExp Max Mean Min Prod SumSquare'.split(' ');

const translations: Record<string, Translation> = {
  ...Object.fromEntries(
    reductions.map((name) => [`Reduce${name}`, { since: 18, translate: axesToInput }]),
  ),
  ReduceSum: { since: 13, translate: axesToInput },
  Squeeze: { since: 13, translate: axesToInput },
  Unsqueeze: { since: 13, translate: axesToInput },
  Split: {
    since: 18,
    translate: splitToInput,
  },
  Clip: {
    since: 11,
    translate: toInputs({ min: { at: 1, as: scalar }, max: { at: 2, as: scalar } }),
  },
  Pad: {
    since: 11,
    translate: toInputs({ pads: { at: 1, as: vector }, value: { at: 2, as: scalar } }),
  },
  Slice: {
    since: 10,
    translate: toInputs({
      starts: { at: 1, as: vector },
      ends: { at: 2, as: vector },
      axes: { at: 3, as: vector },
    }),
  },
  Softmax: { since: 13, translate: flatSoftmax },
  LogSoftmax: { since: 13, translate: flatSoftmax },
  ConstantOfShape: { since: always, translate: expand },
  BatchNormalization: { since: always, translate: normalize },
  Upsample: { since: 10, translate: asymmetricResize },
  Resize: { since: 11, translate: asymmetricResize },
};
