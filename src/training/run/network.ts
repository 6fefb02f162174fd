/** Splits a classifier's model for training into a frozen part and a part that learns. */
import { expected } from '../../errors.js';
import {
  type Classifier,
  type Head,
  inputOfHead,
  outputsOf,
  type StepArguments,
  setStochasticDepth,
} from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';
import type { NamedVariable } from '../optimizer/index.js';
import type { TrainValues } from '../options.js';
import { adaptableLayer } from './low-rank.js';

export interface Network {
  /** What is trained: factors of low rank, and weights by their name in the model. */
  variables: NamedVariable[];
  /** Whether there is a frozen part, a front that needs no gradients. */
  isSplit: boolean;
  /** The frozen part, images to the input of {@link learn}; the identity if there is none, or if its features are given. */
  frozen(images: tf.Tensor): tf.Tensor;
  /** The result of `frozen` to logits, [batch, classes] for all heads side by side, as in training. */
  learn(input: tf.Tensor, step: StepArguments): tf.Tensor2D;
  /** Images to logits, as in prediction. */
  infer(images: tf.Tensor): tf.Tensor2D;
}

/**
 * Splits `model` before its trainable layers, if these all lie on an end of the model that branches only into its heads. The
 * frozen part then runs without a gradient tape and frees its activations at once.
 *
 * @param heads those of the classifier; absent where it has one for one label an image
 * @param factors are trained besides weights, anywhere in the model
 * @throws InvalidInputError when a head of `model` does not end in a softmax, or in a sigmoid for any number of labels
 */
export function splitNetwork(
  model: tf.LayersModel,
  heads?: readonly Head[],
  factors: readonly NamedVariable[] = [],
): Network {
  const logits = logitsOf(model, heads);
  const whole = tf.model({ inputs: model.inputs, outputs: logits });
  const variables = [...factors, ...trainableVariables(model)];
  const infer = (images: tf.Tensor) => joined(whole.apply(images, { training: false }));
  const [only, ...others] = logits as [tf.SymbolicTensor];
  const branches = others.length === 0 ? [] : logits.map(({ sourceLayer }) => sourceLayer);
  const line = learningLine(branches.length === 0 ? only : (only.inputs[0] as tf.SymbolicTensor));
  const start = line[0]?.input as tf.SymbolicTensor | undefined;
  const isWhole = start === undefined || start === model.inputs[0];
  if (isWhole || countTrainable([...line, ...branches]) < variables.length) {
    return {
      variables,
      infer,
      isSplit: false,
      frozen: (images) => images,
      learn: (images, step) => joined(whole.apply(images, step)),
    };
  }
  const trunk = tf.model({ inputs: model.inputs, outputs: start });
  const end = (x: tf.Tensor, step: StepArguments) =>
    branches.length === 0 ? x : branches.map((layer) => layer.apply(x, step) as tf.Tensor);
  return {
    variables,
    infer,
    isSplit: true,
    frozen: (images) => trunk.apply(images, { training: false }) as tf.Tensor,
    learn: (input, step) =>
      joined(
        end(
          line.reduce((x, layer) => layer.apply(x, step) as tf.Tensor, input),
          step,
        ),
      ),
  };
}

/** The heads of `model` alone, which take the features that enter them in the place of images. */
export function headNetwork(model: tf.LayersModel, heads?: readonly Head[]): Network {
  const logits = logitsOf(model, heads);
  const [first] = logits as [tf.SymbolicTensor];
  const { sourceLayer: before } = first.inputs[0] as tf.SymbolicTensor;
  const { features } = inputOfHead(model);
  const learn = (input: tf.Tensor, step: StepArguments) => {
    const dropped = before === features.sourceLayer ? input : before.apply(input, step);
    return joined(logits.map(({ sourceLayer }) => sourceLayer.apply(dropped as tf.Tensor, step)));
  };
  return {
    variables: trainableVariables(model),
    isSplit: false,
    frozen: (input) => input,
    learn,
    infer: (input) => learn(input, { training: false }),
  };
}

/** The logits of each head. */
function logitsOf(model: tf.LayersModel, heads: readonly Head[] = []): tf.SymbolicTensor[] {
  return outputsOf(model).map(({ sourceLayer }, place) => {
    const isSigmoid = heads[place]?.labels === 'any';
    const found = sourceLayer.getClassName();
    if (found !== (isSigmoid ? 'Activation' : 'Softmax')) {
      const wanted = isSigmoid ? 'sigmoid' : 'softmax';
      throw expected(`a ${wanted} as the last layer`, 'model', found);
    }
    return sourceLayer.input as tf.SymbolicTensor;
  });
}

/** The columns of all heads side by side. */
const joined = (parts: unknown): tf.Tensor2D =>
  Array.isArray(parts) && parts.length > 1
    ? tf.concat(parts as tf.Tensor2D[], 1)
    : ([parts].flat()[0] as tf.Tensor2D);

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

/** @throws InvalidInputError when an option needs parts that the network does not have */
export function checkHas(
  classifier: Classifier,
  { trainable, stochasticDepth }: Pick<TrainValues, 'trainable' | 'stochasticDepth'>,
): void {
  if (trainable === 'lora') {
    adaptableLayer(classifier);
  }
  if (stochasticDepth > 0 && setStochasticDepth(classifier.model, 0) === 0) {
    const remedy = `${classifier.network} has no sum with an unchanged shortcut: leave stochasticDepth out`;
    throw expected('a network with residual branches', 'stochasticDepth', stochasticDepth, remedy);
  }
}

/** The variables of a model that an optimizer changes. */
export const trainableVariables = (model: tf.LayersModel): NamedVariable[] =>
  model.trainableWeights.map((weight) => ({
    name: weight.originalName,
    variable: weight.read() as tf.Variable,
  }));

/** The layers of the unbranched way to `end` after the last frozen one that has weights. */
function learningLine(end: tf.SymbolicTensor): tf.layers.Layer[] {
  const line: tf.layers.Layer[] = [];
  let tensor = end;
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
