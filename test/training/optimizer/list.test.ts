/** The list of optimizers: what holds for each of them, and the options and errors that derive from it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Option, resolveOptions } from '../../../src/options.js';
import { tf } from '../../../src/tensorflow/index.js';
import { trainOptions } from '../../../src/training/index.js';
import {
  checkOptimizer,
  resolveOptimizer,
  Updater,
} from '../../../src/training/optimizer/index.js';
import { optimizers } from '../../../src/training/optimizer/list.js';
import type { Optimizer, OptimizerEntry } from '../../../src/training/optimizer/optimizer.js';
import {
  close,
  gradientsOf,
  type Numbers,
  rateOf,
  start,
  tensorsOf,
  valuesOf,
  ways,
  weightsOf,
} from './weights.js';

const entries = Object.entries(optimizers) as [string, OptimizerEntry][];
const none: Numbers = [start[0].map(() => 0), start[1].map(() => 0)];

for (const [name, { create, momentum: momentumName }] of entries) {
  test(`when the state of ${name} moves to another optimizer, then that one goes on to the same bits`, () => {
    const weights = weightsOf();
    const other = weightsOf();
    const take = (optimizer: Optimizer, of: typeof weights, step: number) =>
      tf.tidy(() => optimizer.apply(tensorsOf(of, gradientsOf(step)), rateOf(step)));
    const optimizer = create(weights, {});
    const successor = create(other, {});
    for (let step = 0; step < 8; step++) {
      take(optimizer, weights, step);
      if (step === 3) {
        other.forEach(({ variable }, i) => {
          variable.assign(weights[i]?.variable as unknown as tf.Tensor);
        });
        successor.restore(optimizer.slots().reverse());
      } else if (step > 3) {
        take(successor, other, step);
      }
    }
    assert.deepEqual(valuesOf(other), valuesOf(weights));
    assert.deepEqual(successor.slots(), optimizer.slots());
    assert.throws(
      () => successor.restore([]),
      /Missing values of shape \[1,5\] for the \w+.* of kernel/,
    );
  });

  test(`when a step has a momentum, then ${name} takes it as if its option said so`, () => {
    for (const [way, wrap] of ways) {
      const taken = (options: object, momentum?: number) => {
        const weights = weightsOf();
        const optimizer = create(weights, options);
        const step = wrap((gradients, rate) =>
          optimizer.apply(
            gradients,
            rate,
            undefined,
            momentum === undefined ? momentum : tf.scalar(momentum),
          ),
        );
        for (let i = 0; i < 4; i++) {
          tf.tidy(() => step(tensorsOf(weights, gradientsOf(i)), tf.scalar(0.1)));
        }
        return valuesOf(weights);
      };
      close(taken({}, 0.6), taken({ [momentumName]: 0.6 }), 1e-6, way);
      assert.notDeepEqual(taken({}, 0.6), taken({}));
    }
  });

  test(`when a weight has a rate factor, then ${name} moves it as by the rate times the factor`, () => {
    for (const [way, wrap] of ways) {
      const [whole, part] = [0.1, 0.025].map((rate) => {
        const weights = weightsOf();
        weights.forEach((weight) => {
          weight.rateFactor = rate === 0.1 ? 0.25 : 1;
        });
        const optimizer = create(weights, { weightDecay: 0.1 });
        const step = wrap((gradients, scalar) => optimizer.apply(gradients, scalar));
        for (let i = 0; i < 3; i++) {
          tf.tidy(() => step(tensorsOf(weights, gradientsOf(i)), tf.scalar(rate)));
        }
        return valuesOf(weights);
      }) as [Numbers, Numbers];
      close(whole, part, 1e-6, way);
      assert.notDeepEqual(whole, start);
    }
  });

  test(`when gradients are not usable, then ${name} changes neither weights nor state`, () => {
    for (const [way, wrap] of ways) {
      const weights = weightsOf();
      const optimizer = create(weights, {});
      const usable = tf.variable(tf.scalar(true), false);
      const step = wrap((gradients, rate) =>
        optimizer.apply(gradients, rate, usable as unknown as tf.Scalar),
      );
      const take = (gradients: Numbers, isUsable: boolean) =>
        tf.tidy(() => {
          usable.assign(tf.scalar(isUsable));
          step(tensorsOf(weights, gradients), tf.scalar(0.1));
        });
      take(none, false);
      assert.deepEqual(valuesOf(weights), start, way);
      take(gradientsOf(0), true);
      const [before, state] = [valuesOf(weights), optimizer.slots()];
      assert.notDeepEqual(before, start);
      take(none, false);
      assert.deepEqual(valuesOf(weights), before, way);
      assert.deepEqual(optimizer.slots(), state, way);
    }
  });
}

for (const optimizer of Object.keys(optimizers) as (keyof typeof optimizers)[]) {
  test(`when a step of ${optimizer} overflows amid clipped, summed and averaged ones, then it leaves no trace`, () => {
    const around = { clipNorm: 1, averageDecay: 0.5, accumulate: 2, precision: 'float16' } as const;
    const run = (overflowing: readonly number[]) => {
      const weights = weightsOf();
      const options = resolveOptions(trainOptions, { optimizer, weightDecay: 0.1, ...around });
      const updater = new Updater(weights, options);
      const take = (step: number, factor: number) =>
        tf.tidy(() => {
          const scaled = updater.scaled(tf.scalar(factor)).dataSync()[0] as number;
          const gradients = gradientsOf(step).map((each) => each.map((g) => g * scaled));
          updater.take(tensorsOf(weights, gradients as unknown as Numbers), 4, tf.scalar(0.1));
        });
      for (let step = 0; step < 6; step++) {
        for (const factor of overflowing.includes(step) ? [Number.POSITIVE_INFINITY, 1] : [1]) {
          take(step, factor);
          take(step + 1, 1);
          tf.tidy(() => updater.step(tf.scalar(rateOf(step))));
        }
      }
      const state = updater.slots().filter(({ name }) => name !== 'loss scale');
      return { values: valuesOf(weights), state };
    };
    assert.deepEqual(run([1, 4]), run([]));
  });
}

test('when optimizers share the name of an option, then its type and range are the same', () => {
  const seen = new Map<string, Option>();
  for (const [optimizer, { options }] of entries) {
    for (const [name, option] of Object.entries(options)) {
      const { help: _, default: __, ...values } = option;
      const { help: ___, default: ____, ...before } = seen.get(name) ?? option;
      assert.deepEqual(values, before, `${name} of ${optimizer}`);
      seen.set(name, option);
    }
  }
});

test('when options are listed for all optimizers, then each one names its optimizers and their defaults', () => {
  const { optimizer, weightDecay } = trainOptions;
  const momentum: Option = trainOptions.momentum;
  assert.deepEqual(optimizer.choices, Object.keys(optimizers));
  assert.match(optimizer.help, /^sgd: gradient descent with momentum; adamw: AdamW, /);
  assert.equal(momentum.help, 'share of the velocity kept in a step (sgd)');
  assert.deepEqual([momentum.default, momentum.defaultHelp], [undefined, '0.9']);
  assert.doesNotMatch(weightDecay.help, /sgd/);
});

test('when an optimizer is chosen, then its options are complete and the others have none', () => {
  const given = resolveOptions(trainOptions, { optimizer: 'adamw', beta1: 0.5, momentum: 0.9 });
  checkOptimizer(given);
  const { beta1, beta2, epsilon, weightDecay, momentum, nesterov } = resolveOptimizer(given);
  assert.deepEqual([beta1, beta2, epsilon, weightDecay], [0.5, 0.999, 1e-8, 1e-4]);
  assert.deepEqual([momentum, nesterov], [undefined, undefined]);
});

test("when another optimizer's option is given, then both are named", () => {
  assert.throws(() => checkOptimizer(resolveOptions(trainOptions, { epsilon: 0.1 })), {
    name: 'InvalidInputError',
    message:
      'epsilon 0.1 cannot be combined with optimizer sgd. It is an option of adamw: leave it out',
  });
});
