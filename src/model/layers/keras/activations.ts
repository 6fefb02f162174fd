/** Activations that Keras 3 has and tfjs-layers lacks, or has with other numbers. Import it for this effect. */
import { tf } from '../../../tensorflow/index.js';

/** By the name that a configuration has: https://keras.io/api/layers/activations/. */
const activations: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  // tfjs's `hardSigmoid` is Keras 2's, clip(0.2 x + 0.5).
  keras3HardSigmoid: (x) => hardSigmoid(x),
  hardSilu: (x) => x.mul(hardSigmoid(x)),
  leakyRelu: (x) => tf.leakyRelu(x, 0.2),
  exponential: (x) => tf.exp(x),
  logSigmoid: (x) => tf.logSigmoid(x),
};

/** relu6(x + 3) / 6, of MobileNetV3 (https://arxiv.org/abs/1905.02244). */
const hardSigmoid = (x: tf.Tensor): tf.Tensor => tf.relu6(x.add(3)).div(6);

for (const [className, compute] of Object.entries(activations)) {
  class Activation extends tf.serialization.Serializable {
    static className = className;
    readonly needsBobbin = true;

    getConfig() {
      return {};
    }

    apply(x: tf.Tensor): tf.Tensor {
      return tf.tidy(() => compute(x));
    }
  }
  tf.serialization.registerClass(Activation);
}
