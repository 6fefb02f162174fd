/** Makes tfjs-layers' random layers traceable: under `jit` every call draws afresh. Outside `jit` nothing changes. */
import { tf, tracing } from '../../tensorflow/index.js';

type Inputs = tf.Tensor | tf.Tensor[];
type Arguments = { training?: boolean };

/** The members of the stock classes that this file uses; each class has some of them. */
interface Stock extends tf.layers.Layer {
  rate: number;
  stddev: number;
  seed: number | undefined;
  noiseShape: number[] | undefined;
  getNoiseShape(input: tf.Tensor): number[] | undefined;
  dropoutFunc: ((x: tf.Tensor, rate: number) => tf.Tensor) | undefined;
  resetStates(...args: unknown[]): void;
}

const prototypeOf = (layer: object) => Object.getPrototypeOf(layer) as Stock;

/** Puts the result of `draw` in place of the layer's own in training. */
function draws(layer: tf.layers.Layer, draw: (layer: Stock, input: tf.Tensor) => tf.Tensor): void {
  const prototype = prototypeOf(layer);
  const { call } = prototype;
  prototype.call = function (this: Stock, inputs: Inputs, kwargs: Arguments): Inputs {
    if (!kwargs.training || this.rate <= 0 || this.rate >= 1) {
      return call.call(this, inputs, kwargs as never);
    }
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs as never);
      return draw(this, Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs);
    });
  };
}

draws(tf.layers.dropout({ rate: 0 }), (layer, input) =>
  tf.dropout(input, layer.rate, layer.getNoiseShape(input), layer.seed),
);

draws(tf.layers.gaussianNoise({ stddev: 0 }), ({ stddev }, input) =>
  input.add(tf.randomNormal(input.shape, 0, stddev)),
);

draws(tf.layers.gaussianDropout({ rate: 0 }), ({ rate }, input) =>
  input.mul(tf.randomNormal(input.shape, 1, Math.sqrt(rate / (1 - rate)))),
);

/** The limit of SELU for small inputs: −λα, with the constants of https://arxiv.org/abs/1706.02515. */
const saturation = -1.7580993408473766;

// Section 3 of the same paper: dropped units saturate, then mean 0 and variance 1 are restored.
draws(tf.layers.alphaDropout({ rate: 0 }), ({ rate, noiseShape }, input) => {
  const kept = tf
    .randomUniform(noiseShape ?? input.shape)
    .greaterEqual(rate)
    .cast('float32');
  const scale = ((1 - rate) * (1 + rate * saturation ** 2)) ** -0.5;
  const dropped = input.mul(kept).add(tf.sub(1, kept).mul(saturation));
  return dropped.mul(scale).add(-scale * saturation * rate);
});

/** The recurrent layers leave dropout to their cells, which take the function for it as an option. */
for (const cell of [
  tf.layers.simpleRNNCell({ units: 1 }),
  tf.layers.lstmCell({ units: 1 }),
  tf.layers.gruCell({ units: 1 }),
  tf.layers.convLstm2dCell({ filters: 1, kernelSize: 1 }),
]) {
  const prototype = prototypeOf(cell);
  const { call } = prototype;
  prototype.call = function (this: Stock, inputs, kwargs) {
    this.dropoutFunc ??= (x, rate) => tf.dropout(x, rate);
    return call.call(this, inputs, kwargs);
  };
}

/** A layer outside of a model is built by its first call, which may be inside a jitted function. */
const base = tf.layers.Layer.prototype as unknown as {
  addWeight(...args: unknown[]): tf.LayerVariable;
};
const { addWeight } = base;
base.addWeight = function (...args) {
  const add = () => addWeight.apply(this, args);
  return tracing()?.drawOnce(add) ?? add();
};

/** A stateful layer keeps its state in JavaScript, where calls of the traced function do not reach it. */
const recurrent = tf.layers.convLstm2d({ filters: 1, kernelSize: 1 });
for (const prototype of [tf.layers.RNN.prototype, Object.getPrototypeOf(prototypeOf(recurrent))]) {
  const { resetStates } = prototype as unknown as Stock;
  prototype.resetStates = function (this: Stock, ...args: unknown[]) {
    const failure = tracing()?.fail(
      `Expected layers without a state but received ${this.name}, which is stateful`,
    );
    if (failure !== undefined) {
      throw failure;
    }
    resetStates.apply(this, args);
  };
}
