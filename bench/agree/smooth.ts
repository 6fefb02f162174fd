/** A network without kinks: rounding moves no input of an activation across one, so gradients can be compared closely. */
import { BatchNormalization, Dropout } from '../../src/model/index.js';
import { tf } from '../../src/tensorflow/index.js';

export const [side, classes] = [48, 10];

/** Convolutions with batch normalisation, a residual branch and dropout; random weights by fixed seeds. */
export function smoothNetwork(): tf.LayersModel {
  let layers = 0;
  const convolved = (input: tf.SymbolicTensor, filters: number, strides: number) => {
    const kernelInitializer = tf.initializers.heNormal({ seed: ++layers });
    const convolution = tf.layers.conv2d({
      ...{ filters, strides, kernelSize: 3, padding: 'same', useBias: false, kernelInitializer },
    });
    const normalized = new BatchNormalization({}).apply(convolution.apply(input));
    return tf.layers.activation({ activation: 'swish' }).apply(normalized) as tf.SymbolicTensor;
  };
  const input = tf.input({ shape: [side, side, 3] });
  const first = convolved(input, 16, 2);
  const sum = tf.layers.add().apply([first, convolved(first, 16, 1)]) as tf.SymbolicTensor;
  const pooled = tf.layers.globalAveragePooling2d({}).apply(convolved(sum, 32, 2));
  const kept = new Dropout({ rate: 0.2, name: 'kept' }).apply(pooled) as tf.SymbolicTensor;
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 9 });
  const logits = tf.layers.dense({ units: classes, name: 'logits', kernelInitializer });
  const outputs = tf.layers.softmax().apply(logits.apply(kept)) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs });
}
