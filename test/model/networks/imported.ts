/** Folders of tiny imported networks. */
import type { Graph } from '../../../src/graph/index.js';
import { type NamedTensors, type NetworkRecord, saveNetwork } from '../../../src/model/index.js';
import { tf } from '../../../src/tensorflow/index.js';

/** The parts of a record that do not depend on the network. */
export const usualRecord = {
  format: 'bobbin-network',
  name: 'tiny',
  source: { file: 'tiny.keras', sha256: 'ab'.repeat(32), format: 'keras' },
  preprocessing: {
    resize: 40,
    crop: 32,
    mean: [120, 110, 100],
    std: [60, 57, 58],
    channels: 'rgb',
    filter: 'bicubic',
    fit: 'pad',
  },
  sides: { multipleOf: 16 },
  notes: [],
} as const satisfies Partial<NetworkRecord>;

/** A model whose layers have names of a head, two inputs to its features, and a head of its own. */
export function tinyLayers(): tf.LayersModel {
  const image = tf.input({ shape: [32, 32, 3], name: 'image' });
  const seed = { kernelInitializer: tf.initializers.glorotUniform({ seed: 5 }) };
  const conv = tf.layers.conv2d({ name: 'logits', filters: 6, kernelSize: 3, strides: 2, ...seed });
  const x = tf.layers
    .batchNormalization({ name: 'bn', axis: 3 })
    .apply(conv.apply(image)) as tf.SymbolicTensor;
  const relu = tf.layers.activation({ name: 'dropout', activation: 'relu' }).apply(x);
  const both = tf.layers.add({ name: 'sum' }).apply([x, relu as tf.SymbolicTensor]);
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(both);
  const outputs = tf.layers.dense({ name: 'predictions', units: 7 }).apply(pooled);
  return tf.model({ inputs: image, outputs: outputs as tf.SymbolicTensor, name: 'tiny' });
}

/** The weights of the layers before the head, as an import has them. */
export const trunkWeights = (model: tf.LayersModel): NamedTensors =>
  new Map(
    model.weights
      .filter(({ originalName }) => !originalName.startsWith('predictions'))
      .map((weight) => [
        weight.originalName,
        { shape: weight.shape as number[], values: weight.read().dataSync<'float32'>() },
      ]),
  );

/** Saves `model` as an import does. */
export async function saveLayers(
  folder: string,
  model: tf.LayersModel,
  changes: Partial<NetworkRecord> = {},
): Promise<void> {
  const layers = model.toJSON(null, false) as object;
  const record: NetworkRecord = { ...usualRecord, notes: [], features: 'pool', layers, ...changes };
  await saveNetwork(folder, record, trunkWeights(model));
}

const node = (operation: string, inputs: string[], output: string, attributes = {}) => ({
  name: output,
  operation,
  inputs,
  outputs: [output],
  attributes,
});

/** A convolution, a normalisation, and a head of its own, under torch's names. */
export const tinyGraph: Graph = {
  input: { name: 'images', shape: [null, 3, null, null] },
  nodes: [
    node('Conv', ['images', 'stem.conv.weight'], 'conv', { strides: [2, 2], pads: [1, 1, 1, 1] }),
    node(
      'BatchNormalization',
      ['conv', ...bn('weight', 'bias', 'running_mean', 'running_var')],
      'bn',
      {
        epsilon: 1e-5,
        momentum: 0.9,
      },
    ),
    node('Relu', ['bn'], 'relu'),
    node('GlobalAveragePool', ['relu'], 'pool'),
    node('Flatten', ['pool'], 'flat', { axis: 1 }),
    node('Gemm', ['flat', 'fc.weight', 'fc.bias'], 'scores', { transB: 1 }),
  ],
  outputs: ['scores'],
  weights: [
    { name: 'stem.conv.weight', shape: [8, 3, 3, 3], trainable: true },
    { name: 'stem.bn.weight', shape: [8], trainable: true },
    { name: 'stem.bn.bias', shape: [8], trainable: true },
    { name: 'stem.bn.running_mean', shape: [8], trainable: false },
    { name: 'stem.bn.running_var', shape: [8], trainable: false },
    { name: 'fc.weight', shape: [5, 8], trainable: true },
    { name: 'fc.bias', shape: [5], trainable: true },
  ],
  constants: {},
};

function bn(...names: string[]): string[] {
  return names.map((name) => `stem.bn.${name}`);
}

/** Values for the weights of {@link tinyGraph}, of which variances are positive. */
export const graphWeights = (): NamedTensors =>
  new Map(
    tinyGraph.weights.map(({ name, shape }, index) => {
      const values = tf.randomUniform(shape, 0.1, 1, 'float32', index + 1).dataSync<'float32'>();
      const centred = name === 'stem.conv.weight' ? values.map((value) => value - 0.55) : values;
      return [name, { shape, values: centred }];
    }),
  );

/** Saves {@link tinyGraph} as an import does. */
export async function saveGraph(
  folder: string,
  changes: Partial<NetworkRecord> = {},
  weights = graphWeights(),
): Promise<void> {
  const source = { file: 'tiny.onnx', sha256: '12'.repeat(32), format: 'onnx' };
  const rest = { source, notes: [], features: 'flat', graph: tinyGraph, ...changes };
  await saveNetwork(folder, { ...usualRecord, ...rest }, weights);
}
