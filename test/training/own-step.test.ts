/** A custom training step with the public API alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AdamW,
  crossEntropies,
  jit,
  Lion,
  Sgd,
  smoothed,
  tf,
  trainableVariables,
} from '../../src/index.js';

const seeded = { kernelInitializer: tf.initializers.glorotUniform({ seed: 5 }) };

for (const Optimizer of [Sgd, AdamW, Lion]) {
  test(`when a custom jitted step uses ${Optimizer.name}, then a stock model learns`, async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ ...seeded, inputShape: [2], units: 8, activation: 'tanh' }),
        tf.layers.dense({ ...seeded, units: 2 }),
      ],
    });
    const weights = trainableVariables(model);
    const optimizer = new Optimizer(weights);
    const step = jit((x: tf.Tensor2D, y: tf.Tensor2D, learningRate: tf.Scalar) => {
      const { value, grads } = tf.variableGrads(
        () =>
          tf.mean(
            crossEntropies(model.apply(x, { training: true }) as tf.Tensor2D, smoothed(y, 0.01)),
          ),
        weights.map(({ variable }) => variable),
      );
      optimizer.apply(grads, learningRate);
      return value;
    });
    const x = tf.tensor2d([0, 0, 0, 1, 1, 0, 1, 1], [4, 2]);
    const y = tf.tensor2d([1, 0, 0, 1, 0, 1, 1, 0], [4, 2]);
    const rate = tf.scalar(0.05);
    for (let i = 0; i < 400; i++) {
      (await step.async(x, y, rate)).dispose();
    }
    const predicted = (model.predict(x) as tf.Tensor).argMax(-1);
    assert.deepEqual([...predicted.dataSync()], [0, 1, 1, 0]);
    step.dispose();
    optimizer.dispose();
  });
}

test("when an optimizer's option is out of range, then it is named", () => {
  assert.throws(() => new Sgd([], { momentum: 1 }), /from 0 to 0\.9999 for momentum/);
  assert.throws(() => new AdamW([], { beta2: -1 }), /from 0 to 0\.999999 for beta2/);
  assert.throws(() => new Lion([], { beta1: 1 }), /from 0 to 0\.9999 for beta1/);
});
