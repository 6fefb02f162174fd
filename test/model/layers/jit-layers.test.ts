/** Layers of every kind in jitted functions: predictions and training steps equal the eager ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchNormalization, Dropout, ReLU } from '../../../src/model/index.js';
import { jit, tf } from '../../../src/tensorflow/index.js';
import { temporaryFolder } from '../../support/folders.js';

type Layers = () => tf.layers.Layer[];

const { layers } = tf;
const vector = [10];
const sequence = [8, 6];
const image = [8, 8, 4];
const volume = [4, 4, 4, 2];
const words = [5];

const zoo: Record<string, [shape: number[], make: Layers]> = {
  dense: [vector, () => [layers.dense({ units: 4, activation: 'tanh' })]],
  conv1d: [sequence, () => [layers.conv1d({ filters: 3, kernelSize: 3, padding: 'same' })]],
  conv2d: [
    image,
    () => [layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, activation: 'relu' })],
  ],
  conv3d: [volume, () => [layers.conv3d({ filters: 3, kernelSize: 2 })]],
  'depthwise convolution': [
    image,
    () => [layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 })],
  ],
  'separable convolution': [image, () => [layers.separableConv2d({ filters: 3, kernelSize: 3 })]],
  'transposed convolution': [
    image,
    () => [layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2 })],
  ],
  'pooling of sequences': [
    sequence,
    () => [layers.maxPooling1d({ poolSize: 2 }), layers.averagePooling1d({ poolSize: 2 })],
  ],
  'pooling of images': [
    image,
    () => [
      layers.maxPooling2d({ poolSize: 2 }),
      layers.averagePooling2d({ poolSize: 2, padding: 'same' }),
    ],
  ],
  'pooling of volumes': [
    volume,
    () => [layers.maxPooling3d({ poolSize: 2 }), layers.averagePooling3d({ poolSize: 2 })],
  ],
  'global pooling': [
    image,
    () => [
      layers.separableConv2d({ filters: 3, kernelSize: 3 }),
      layers.globalAveragePooling2d({}),
    ],
  ],
  'global maximum': [sequence, () => [layers.globalMaxPooling1d({})]],
  'batch normalisation of images': [image, () => [layers.batchNormalization({ momentum: 0.9 })]],
  'batch normalisation of vectors': [vector, () => [layers.batchNormalization({ scale: false })]],
  'frozen batch normalisation': [
    image,
    () => [
      layers.conv2d({ filters: 3, kernelSize: 3 }),
      layers.batchNormalization({ trainable: false }),
    ],
  ],
  'layer normalisation': [image, () => [layers.layerNormalization({})]],
  embedding: [words, () => [layers.embedding({ inputDim: 12, outputDim: 4 })]],
  'masked LSTM': [
    words,
    () => [
      layers.embedding({ inputDim: 12, outputDim: 4, maskZero: true }),
      layers.lstm({ units: 3 }),
    ],
  ],
  'two LSTMs': [
    sequence,
    () => [layers.lstm({ units: 5, returnSequences: true }), layers.lstm({ units: 3 })],
  ],
  GRU: [sequence, () => [layers.gru({ units: 5 })]],
  'simple RNN': [sequence, () => [layers.simpleRNN({ units: 5 })]],
  'bidirectional GRU': [
    sequence,
    () => [layers.bidirectional({ layer: layers.gru({ units: 3 }) as never, mergeMode: 'concat' })],
  ],
  'dense at each time': [
    sequence,
    () => [layers.timeDistributed({ layer: layers.dense({ units: 3 }) })],
  ],
  'convolutional LSTM': [[3, 6, 6, 2], () => [layers.convLstm2d({ filters: 2, kernelSize: 3 })]],
  'parametric activations': [
    vector,
    () => [layers.leakyReLU({}), layers.prelu({}), layers.elu({}), layers.softmax({})],
  ],
  ReLU6: [vector, () => [layers.dense({ units: 4 }), layers.reLU({ maxValue: 6 })]],
  'upsampling, padding, cropping': [
    image,
    () => [
      layers.conv2d({ filters: 2, kernelSize: 3 }),
      layers.upSampling2d({ size: [2, 2] }),
      layers.zeroPadding2d({ padding: 2 }),
      layers.cropping2D({
        cropping: [
          [1, 0],
          [0, 1],
        ],
      }),
    ],
  ],
  'reshaping, permuting, repeating': [
    image,
    () => [
      layers.reshape({ targetShape: [16, 16] }),
      layers.permute({ dims: [2, 1] }),
      layers.flatten({}),
      layers.dense({ units: 2 }),
      layers.repeatVector({ n: 3 }),
    ],
  ],
  constraints: [
    vector,
    () => [layers.dense({ units: 3, kernelRegularizer: 'l1l2', kernelConstraint: 'maxNorm' })],
  ],
};
for (const activation of [
  'elu',
  'hardSigmoid',
  'linear',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softplus',
  'softsign',
  'swish',
  'mish',
  'gelu',
] as const) {
  zoo[activation] = [vector, () => [layers.dense({ units: 3, activation: activation as never })]];
}

function inputOf(shape: number[]): tf.Tensor {
  if (shape === words) {
    return tf.randomUniform([4, ...shape], 0, 12, 'int32', 1);
  }
  return tf.randomNormal([4, ...shape], 0, 1, 'float32', 1);
}

function sequentialOf(shape: number[], make: Layers): tf.Sequential {
  const model = tf.sequential();
  model.add(layers.inputLayer({ batchInputShape: [null, ...shape] }));
  for (const layer of make()) {
    model.add(layer);
  }
  return model;
}

/** A step of tfjs's Adam on the mean square of the output; its loss. */
function trainer(model: tf.LayersModel): (...x: tf.Tensor[]) => tf.Scalar {
  const optimizer = tf.train.adam(0.01);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return (...x) => {
    const loss = () =>
      (model.apply(x, { training: true }) as tf.Tensor).square().mean() as tf.Scalar;
    if (variables.length === 0) {
      return loss();
    }
    const { value, grads } = tf.variableGrads(loss, variables);
    optimizer.applyGradients(grads as never);
    return value;
  };
}

function assertClose(actual: tf.Tensor[], expected: tf.Tensor[], what: string): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((tensor, i) => {
    const difference = tensor
      .sub(expected[i] as tf.Tensor)
      .abs()
      .max()
      .dataSync()[0] as number;
    assert.ok(difference <= 1e-5, `${what} ${i}: ${difference}`);
  });
}

const weightsOf = (model: tf.LayersModel) => model.weights.map((weight) => weight.read().clone());

/** Draws all matrices and kernels by a seed: some that tfjs draws have a gradient that is only rounding. */
function seedWeights(model: tf.LayersModel): void {
  const weights = weightsOf(model);
  const drawn = weights.map((weight, i) =>
    weight.rank < 2 ? weight : tf.randomNormal(weight.shape, 0, 0.3, 'float32', 41 + i),
  );
  model.setWeights(drawn);
}

function compare(model: tf.LayersModel, x: tf.Tensor[]): void {
  seedWeights(model);
  const predict = jit((...inputs: tf.Tensor[]) => model.predict(inputs) as tf.Tensor);
  const expected = model.predict(x) as tf.Tensor;
  for (let i = 0; i < 2; i++) {
    assertClose([predict(...x)], [expected], `prediction ${i}`);
  }
  const start = weightsOf(model);
  const eagerStep = trainer(model);
  const losses = [0, 1, 2].map(() => eagerStep(...x));
  const end = weightsOf(model);
  model.setWeights(start);
  const step = jit(trainer(model));
  assertClose(
    [0, 1, 2].map(() => step(...x)),
    losses,
    'loss',
  );
  assertClose(weightsOf(model), end, 'weight');
  assertClose([predict(...x)], [model.predict(x) as tf.Tensor], 'prediction after training');
  predict.dispose();
  step.dispose();
}

for (const [name, [shape, make]] of Object.entries(zoo)) {
  test(`when a model of ${name} is jitted, then it predicts and trains as eagerly`, () => {
    compare(sequentialOf(shape, make), [inputOf(shape)]);
  });
}

test('when a functional model merges two inputs, then it predicts and trains as eagerly', () => {
  const [a, b] = [tf.input({ shape: vector }), tf.input({ shape: vector })];
  const branches = [
    layers.dense({ units: 6 }).apply(a),
    layers.dense({ units: 6 }).apply(b),
  ] as tf.SymbolicTensor[];
  const merged = [
    layers.add(),
    layers.multiply(),
    layers.average(),
    layers.maximum(),
    layers.minimum(),
    layers.dot({ axes: 1 }),
  ].map((layer) => layer.apply(branches) as tf.SymbolicTensor);
  const all = layers.concatenate().apply(merged) as tf.SymbolicTensor;
  const outputs = layers.dense({ units: 2 }).apply(all) as tf.SymbolicTensor;
  compare(tf.model({ inputs: [a, b], outputs }), [inputOf(vector), inputOf(vector).neg()]);
});

test('when a model is loaded from model.json, then it predicts and trains as eagerly', async (t) => {
  const folder = temporaryFolder(t);
  const saved = sequentialOf(image, () => [
    // The gradient of a bias before batch normalisation is only rounding, which Adam amplifies.
    layers.conv2d({ filters: 3, kernelSize: 3, useBias: false }),
    layers.batchNormalization(),
    layers.reLU({ maxValue: 6 }),
    layers.globalAveragePooling2d({}),
    layers.dense({ units: 2, activation: 'softmax' }),
  ]);
  await saved.save(`file://${folder}`);
  const model = await tf.loadLayersModel(`file://${folder}/model.json`);
  const x = inputOf(image);
  assertClose([model.predict(x) as tf.Tensor], [saved.predict(x) as tf.Tensor], 'prediction');
  compare(model, [x]);
});

test("when a layer that Bobbin replaces is made by tf.layers, then it is Bobbin's", () => {
  assert.ok(layers.batchNormalization() instanceof BatchNormalization);
  assert.ok(layers.reLU() instanceof ReLU);
  assert.ok(layers.dropout({ rate: 0.5 }) instanceof Dropout);
});

test('when a batch normalisation is frozen in a jitted step, then its averages stay', () => {
  const model = sequentialOf(image, () => [
    layers.conv2d({ filters: 3, kernelSize: 3 }),
    layers.batchNormalization({ trainable: false, name: 'frozen' }),
  ]);
  const before = model.getLayer('frozen').getWeights();
  const kernel = model.layers[1]?.getWeights()[0] as tf.Tensor;
  const was = kernel.dataSync();
  const step = jit(trainer(model));
  for (let i = 0; i < 3; i++) {
    step(inputOf(image));
  }
  model
    .getLayer('frozen')
    .getWeights()
    .forEach((weight, i) => {
      assert.deepEqual(weight.dataSync(), before[i]?.dataSync());
    });
  assert.notDeepEqual(model.layers[1]?.getWeights()[0]?.dataSync(), was);
  step.dispose();
});

test('when layers without a model are called in a jitted function, then the first call builds them', () => {
  const chain = [
    layers.dense({ units: 3 }),
    layers.batchNormalization(),
    layers.dense({ units: 2 }),
  ];
  const apply = (x: tf.Tensor) =>
    chain.reduce((input, layer) => layer.apply(input) as tf.Tensor, x);
  const jitted = jit(apply);
  const x = inputOf(vector);
  assertClose([jitted(x), jitted(x)], [apply(x), apply(x)], 'call');
  jitted.dispose();
});
