/** Classifiers with layers of every kind, whose answers differ from image to image. */
import path from 'node:path';
import type { Task } from '../../src/dataset/index.js';
import { importNetwork } from '../../src/import/index.js';
import {
  BatchNormalization,
  type BuiltClassifier,
  built,
  type Classifier,
  createModel,
  type NetworkName,
} from '../../src/model/index.js';
import { GroupNormalization } from '../../src/model/layers/keras/group-normalization.js';
import { LayerScale } from '../../src/model/layers/keras/layer-scale.js';
import { Normalization } from '../../src/model/layers/keras/normalization.js';
import { Subtract } from '../../src/model/layers/keras/subtract.js';
import { tf } from '../../src/tensorflow/index.js';
import { smallHeads } from '../support/small-classifier.js';

const root = path.join(import.meta.dirname, '../..');

/**
 * Three tasks, of which one has any number of labels; with names that no graph's node may have. They are in no order of the alphabet, and
 * two have as many classes: answers that are sorted by name, or exchanged, are then wrong.
 */
const tasks: Task[] = [
  { name: 'tags', classes: ['new', 'warm'], labels: 'any' },
  { name: 'sleeve length, in words', classes: ['kurz', '长'] },
  { name: 'collar', classes: ['flat', 'high', 'none'] },
];

/** A classifier of several heads, made of layers, for images in BGR. */
export function ofLayers(): BuiltClassifier {
  const small = smallHeads(tasks);
  return varied({ ...small, preprocessing: { ...small.preprocessing, ...caffe } });
}

/** A classifier of several heads on one of Bobbin's networks, for images of a side. */
export async function ofNetwork(network: NetworkName, size: number): Promise<BuiltClassifier> {
  const heads = tasks.map(({ name, ...task }) => ({ ...task, task: name }));
  const random = { pretrained: false, trainable: 'all', seed: 1 } as const;
  const classifier = await createModel({ ...random, network, size, heads });
  setRandomVectors(classifier);
  observeStatistics(classifier);
  spreadScores(classifier);
  return built(classifier);
}

const caffe = {
  channels: 'bgr',
  mean: [104, 117, 123],
  std: [50, 60, 70],
} satisfies Partial<Classifier['preprocessing']>;

/** A classifier of the layers that Bobbin has for Keras, and of others that its own networks lack. */
export function ofKerasLayers(): BuiltClassifier {
  const { layers } = tf;
  const image = tf.input({ shape: [32, 32, 3] });
  const grouped = { filters: 8, kernelSize: 3, groups: 2, padding: 'same' } as const;
  const before = [
    new Normalization({ mean: [0.1, 0.2, 0.3], variance: [0.4, 0.5, 0.6] }),
    layers.conv2d({ filters: 8, kernelSize: 4, strides: 2, padding: 'same', activation: 'selu' }),
    layers.conv2d(grouped),
    layers.depthwiseConv2d({ kernelSize: 3, dilationRate: 2, depthMultiplier: 2, padding: 'same' }),
    layers.separableConv2d({ filters: 8, kernelSize: 3, activation: 'softsign' }),
    new GroupNormalization({ groups: 4 }),
    layers.layerNormalization({ epsilon: 1e-6 }),
    new LayerScale({ initValues: 0.5, projectionDim: 8 }),
    layers.prelu({ sharedAxes: [1, 2], alphaInitializer: 'ones' }),
  ];
  const x = before.reduce((each, layer) => layer.apply(each) as tf.SymbolicTensor, image);
  const halved = layers.thresholdedReLU({ theta: 0.1 }).apply(x);
  const difference = new Subtract({}).apply([x, halved] as tf.SymbolicTensor[]);
  const after = [
    layers.dense({ units: 6, activation: 'gelu' }),
    layers.permute({ dims: [2, 3, 1] }),
    layers.reshape({ targetShape: [14, 21, 4] }),
    layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
    layers.flatten(),
    layers.dense({ name: 'logits', units: 3 }),
    layers.softmax(),
  ];
  const output = after.reduce(
    (each, layer) => layer.apply(each) as tf.SymbolicTensor,
    difference as tf.SymbolicTensor,
  );
  const model = tf.model({ inputs: image, outputs: output });
  return varied({ ...smallHeads([{ name: 'collar', classes: ['flat', 'high', 'none'] }]), model });
}

/** A classifier on the imported network of a fixture. `folder` gets the import. */
export async function imported(fixture: string, folder: string): Promise<BuiltClassifier> {
  const out = path.join(folder, path.basename(fixture));
  await importNetwork(path.join(root, 'test/import', fixture), { out });
  const classes = ['coat', 'hat', 'shoe'];
  return varied(await createModel({ network: out, classes, trainable: 'all', seed: 1 }));
}

/** With other statistics and scales than those of a new network, and scores that differ from image to image. */
function varied(classifier: Classifier): BuiltClassifier {
  setRandomVectors(classifier);
  spreadScores(classifier);
  return built(classifier);
}

/**
 * Draws the statistics, scales and biases, which in a new network are all 0 or 1.
 *
 * The shift of a normalisation has the mean 1, so that a ReLU sets a sixth of its inputs to 0. If it had the mean 0, half of them would be
 * 0, and a ReLU would multiply differences, and so rounding, by up to 1.2 relative to the spread of images: behind the 49 of
 * resnet50 rounding alone exceeds the tolerance. The factor is sqrt(P(x > 0) / Var(max(x, 0))) of a normal x with the variance 1.
 */
function setRandomVectors({ model }: Classifier): void {
  const weights = model.weights.map((weight, index) => {
    const { name } = weight;
    const shape = weight.shape as number[];
    const seed = index + 1;
    if (/moving_variance|gamma|running_var/.test(name)) {
      return tf.randomUniform(shape, 0.5, 1.5, 'float32', seed);
    }
    if (/moving_mean|beta|bias/.test(name)) {
      return tf.randomNormal(shape, /beta/.test(name) ? 1 : 0, 0.3, 'float32', seed);
    }
    return weight.read().clone();
  });
  model.setWeights(weights);
  tf.dispose(weights);
}

/**
 * Takes the statistics of normalisations from images. With random ones, the answers of a deep network hardly depend on the image, so that
 * nothing but rounding would be compared.
 */
function observeStatistics(classifier: Classifier): void {
  const { model, preprocessing } = classifier;
  const layers = model.layers.filter((layer) => layer instanceof BatchNormalization);
  const momenta = layers.map(({ momentum }) => momentum);
  const setMomentum = (of: (index: number) => number) => {
    for (const [index, layer] of layers.entries()) {
      layer.momentum = of(index);
    }
  };
  setMomentum(() => 0);
  tf.tidy(() => {
    const images = levelsFor(classifier, 16).sub(preprocessing.mean).div(preprocessing.std);
    model.apply(images, { training: true });
  });
  setMomentum((index) => momenta[index] as number);
}

/** Gives the scores of a few images the mean 0, and 2 to the one that is farthest from it. */
function spreadScores(classifier: Classifier): void {
  const { model, preprocessing } = classifier;
  for (const head of model.layers.filter(({ name }) => name.startsWith('logits'))) {
    const outputs = head.input as tf.SymbolicTensor;
    const features = tf.model({ inputs: model.inputs, outputs });
    tf.tidy(() => {
      const [kernel] = head.getWeights() as [tf.Tensor2D, tf.Tensor1D];
      const images = levelsFor(classifier, 4).sub(preprocessing.mean).div(preprocessing.std);
      const scores = tf.matMul(features.predict(images) as tf.Tensor2D, kernel);
      const mean = scores.mean(0);
      const factor = tf.div(2, scores.sub(mean).abs().max());
      head.setWeights([kernel.mul(factor), mean.mul(factor).neg()]);
    });
  }
}

/** Levels of RGB, [images, side, side, 3], with a gradient of another colour in each image. */
export function levelsFor({ preprocessing: { crop } }: Classifier, images: number): tf.Tensor4D {
  return tf.tidy(() => {
    const noise = tf.randomUniform([images, crop, crop, 3], 0, 120, 'float32', 5);
    const tint = tf.randomUniform([images, 1, 1, 3], 0, 135, 'float32', 6);
    return noise.add(tint) as tf.Tensor4D;
  });
}
