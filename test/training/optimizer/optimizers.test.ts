/** Compares SGD and AdamW with their published recurrences, computed here in double precision. */
import { test } from 'node:test';
import { tf } from '../../../src/tensorflow/index.js';
import { AdamW, type Optimizer, Sgd } from '../../../src/training/optimizer/index.js';
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

const steps = 12;
const sgd = { momentum: 0.8, nesterov: false, weightDecay: 0.1, decayAll: false };

/** One weight's element, step by step: `next(w, g, rate, decays)`. */
type Recurrence = (weight: number) => (gradient: number, rate: number, decays: boolean) => number;

/** https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html, without dampening. */
const torchSgd =
  ({ momentum, nesterov, weightDecay }: typeof sgd, decoupled: boolean): Recurrence =>
  (w) => {
    let v = 0;
    return (gradient, rate, decays) => {
      const decay = decays ? weightDecay : 0;
      const g = decoupled ? gradient : gradient + decay * w;
      if (decoupled) {
        w -= rate * decay * w;
      }
      v = momentum * v + g;
      w -= rate * (nesterov ? g + momentum * v : v);
      return w;
    };
  };

const adamw = { beta1: 0.85, beta2: 0.99, epsilon: 1e-3, weightDecay: 0.2, decayAll: false };

/** https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html. */
const torchAdamW =
  ({ beta1, beta2, epsilon, weightDecay }: typeof adamw): Recurrence =>
  (w) => {
    let [m, v, t] = [0, 0, 0];
    return (g, rate, decays) => {
      t += 1;
      w -= decays ? rate * weightDecay * w : 0;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const [mean, square] = [m / (1 - beta1 ** t), v / (1 - beta2 ** t)];
      w -= (rate * mean) / (Math.sqrt(square) + epsilon);
      return w;
    };
  };

function recurred(recurrence: Recurrence, decayAll: boolean): Numbers {
  return start.map((weights, which) =>
    weights.map((weight, i) => {
      const next = recurrence(weight);
      let last = weight;
      for (let step = 0; step < steps; step++) {
        const gradient = gradientsOf(step)[which]?.[i] as number;
        last = next(gradient, rateOf(step), which === 0 || decayAll);
      }
      return last;
    }),
  ) as unknown as Numbers;
}

const cases: [string, (weights: ReturnType<typeof weightsOf>) => Optimizer, Numbers][] = [];
for (const nesterov of [false, true]) {
  for (const decoupledDecay of [false, true]) {
    for (const decayAll of [false, true]) {
      const options = { ...sgd, nesterov, decoupledDecay, decayAll };
      cases.push([
        `SGD (${JSON.stringify({ nesterov, decoupledDecay, decayAll })})`,
        (weights) => new Sgd(weights, options),
        recurred(torchSgd(options, decoupledDecay), decayAll),
      ]);
    }
  }
}
for (const decayAll of [false, true]) {
  cases.push([
    `AdamW (${JSON.stringify({ decayAll })})`,
    (weights) => new AdamW(weights, { ...adamw, decayAll }),
    recurred(torchAdamW(adamw), decayAll),
  ]);
}

for (const [name, make, wanted] of cases) {
  test(`when ${name} takes steps at a falling learning rate, then weights follow the recurrence`, () => {
    for (const [way, wrap] of ways) {
      const weights = weightsOf();
      const optimizer = make(weights);
      const step = wrap((gradients, rate) => optimizer.apply(gradients, rate));
      for (let i = 0; i < steps; i++) {
        tf.tidy(() => step(tensorsOf(weights, gradientsOf(i)), tf.scalar(rateOf(i))));
      }
      close(valuesOf(weights), wanted, 2e-6, `${way} ${name}`);
    }
  });
}
