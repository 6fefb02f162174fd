/** Splits a classifier's model for training into a frozen part and a part that learns. */
import { expected } from '../../errors.js';
import type { Classifier, StepArguments } from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';
import type { NamedVariable } from '../optimizer/index.js';

export interface Network {
  /** Trainable weights, by their name in the model. */
  variables: NamedVariable[];
  /** Whether there is a frozen part, a front that needs no gradients. */
  isSplit: boolean;
  /** The frozen part, images to the input of {@link learn}; the identity if there is none. */
  frozen(images: tf.Tensor): tf.Tensor;
  /** The result of `frozen` to logits, [batch, classes], as in training. */
  learn(input: tf.Tensor, step: StepArguments): tf.Tensor2D;
  /** Images to logits, as in prediction. */
  infer(images: tf.Tensor): tf.Tensor2D;
}

/**
 * Splits `model` before its trainable layers, if these all lie on an unbranched end of the model. The frozen
 * part then runs without a gradient tape and frees its activations at once.
 *
 * @throws InvalidInputError when the last layer of `model` is not a softmax
 */
export function splitNetwork(model: tf.LayersModel): Network {
  const softmax = model.layers.at(-1) as tf.layers.Layer;
  if (softmax.getClassName() !== 'Softmax') {
    throw expected('a softmax as the last layer', 'model', softmax.getClassName());
  }
  const whole = upTo(model, softmax.input as tf.SymbolicTensor);
  const variables = trainableVariables(model);
  const infer = (images: tf.Tensor) => whole.apply(images, { training: false }) as tf.Tensor2D;
  const line = learningLine(whole);
  const start = line[0]?.input as tf.SymbolicTensor | undefined;
  const isWhole = start === undefined || start === model.inputs[0];
  if (isWhole || countTrainable(line) < variables.length) {
    return {
      variables,
      infer,
      isSplit: false,
      frozen: (images) => images,
      learn: (images, step) => whole.apply(images, step) as tf.Tensor2D,
    };
  }
  const trunk = upTo(model, start);
  return {
    variables,
    infer,
    isSplit: true,
    frozen: (images) => trunk.apply(images, { training: false }) as tf.Tensor,
    learn: (input, step) =>
      line.reduce((x, layer) => layer.apply(x, step) as tf.Tensor, input) as tf.Tensor2D,
  };
}

/** @throws InvalidInputError unless the network takes images of `size` × `size` pixels */
export function checkTakes({ model, network, preprocessing }: Classifier, size: number): void {
  if (size === preprocessing.crop) {
    return;
  }
  try {
    // Whether layers fit each other at another size is known only when they run.
    tf.tidy(() => {
      model.apply(tf.zeros([1, size, size, 3]), { training: false });
    });
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    const what = `a side of images that ${network} takes when it was built for ${preprocessing.crop} pixels`;
    throw expected(what, 'startSize', size, `TensorFlow refuses it: ${reason}`);
  }
}

/** The variables of a model that an optimizer changes. */
export const trainableVariables = (model: tf.LayersModel): NamedVariable[] =>
  model.trainableWeights.map((weight) => ({
    name: weight.originalName,
    variable: weight.read() as tf.Variable,
  }));

const upTo = (model: tf.LayersModel, outputs: tf.SymbolicTensor): tf.LayersModel =>
  tf.model({ inputs: model.inputs, outputs });

/** The layers of the unbranched end of `model` after the last frozen one that has weights. */
function learningLine(model: tf.LayersModel): tf.layers.Layer[] {
  const line: tf.layers.Layer[] = [];
  let tensor = model.outputs[0] as tf.SymbolicTensor;
  for (;;) {
    const layer = tensor.sourceLayer;
    const isFrozen = layer.weights.length > 0 && layer.trainableWeights.length === 0;
    if (tensor.inputs.length !== 1 || isFrozen) {
      return line;
    }
    line.unshift(layer);
    tensor = tensor.inputs[0] as tf.SymbolicTensor;
  }
}

const countTrainable = (layers: tf.layers.Layer[]): number =>
  layers.reduce((sum, layer) => sum + layer.trainableWeights.length, 0);
