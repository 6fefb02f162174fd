/** Imported networks against torch: outputs, gradients of every weight, and running averages after a step. */
import { test } from 'node:test';
import type { GraphLayer } from '../../src/graph/index.js';
import { jit, tf } from '../../src/tensorflow/index.js';
import {
  assertClose,
  decoded,
  type Fixture,
  fixtureNamed,
  fixtureNames,
  imagesOf,
  inFile,
  kept,
  modelOf,
} from './fixture.js';

/** The output, and the gradients of sum(output · factors) in the order of the layer's trainable weights. */
const passOf = (layer: GraphLayer, { factors }: Fixture, training: boolean) => {
  const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return (images: tf.Tensor): tf.Tensor[] => {
    let output: tf.Tensor | undefined;
    const { grads } = tf.variableGrads(() => {
      output = tf.keep(layer.call(images, { training }) as tf.Tensor);
      return output.mul(decoded(factors)).sum();
    }, variables);
    return [
      output as unknown as tf.Tensor,
      ...variables.map(({ name }) => grads[name] as tf.Tensor),
    ];
  };
};

function compare(name: string, mode: 'evaluation' | 'training'): void {
  const fixture = fixtureNamed(name);
  const wanted = fixture[mode];
  if (wanted === undefined) {
    return;
  }
  test(`when ${name} computes in ${mode}, then outputs, gradients and averages are torch's, jitted or not`, () => {
    const layer = modelOf(fixture).layers[1] as GraphLayer;
    const pass = passOf(layer, fixture, mode === 'training');
    const before = layer.getWeights().map((weight) => weight.clone());
    const jitted = jit(pass);
    for (const [way, run] of Object.entries({ eager: pass, jitted })) {
      layer.setWeights(before);
      const [output, ...gradients] = run(imagesOf(fixture)) as [tf.Tensor, ...tf.Tensor[]];
      assertClose(output, decoded(wanted.output), `${way} output`);
      layer.trainableWeights.forEach((weight, i) => {
        const file = inFile(layer, weight);
        const gradient = kept(wanted.gradients, file);
        assertClose(gradients[i] as tf.Tensor, gradient, `${way} gradient of ${file.name}`);
      });
      for (const weight of mode === 'training' ? layer.nonTrainableWeights : []) {
        const file = inFile(layer, weight);
        const average = kept(fixture.averages as never, file);
        assertClose(weight.read(), average, `${way} average ${file.name}`);
      }
    }
    jitted.dispose();
  });
}

for (const name of fixtureNames()) {
  compare(name, 'evaluation');
  compare(name, 'training');
}
