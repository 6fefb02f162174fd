/** Compares losses and their gradients with formulas, torch and torchvision in double precision. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { resolveOptions } from '../../src/options.js';
import { jit, tf } from '../../src/tensorflow/index.js';
import { checkedValues, trainOptions } from '../../src/training/index.js';
import { balancedWeights } from '../../src/training/loss/class-weights.js';
import { crossEntropies, smoothed } from '../../src/training/loss/cross-entropy.js';
import { lossOptions, rowLosses, trainingLoss } from '../../src/training/loss/options.js';

const logits = [
  [2, -1, 0.5],
  [-30, 40, 0],
  [0.1, 0.2, 0.3],
];
const targets = [
  [0.25, 0.75, 0],
  [1, 0, 0],
  [0, 0, 1],
];
const share = 0.3;
const weights = [1, 0.5, -2];

test('when targets are smoothed, then loss and gradient follow the formula', () => {
  const x = tf.tensor2d(logits);
  const y = tf.tensor2d(targets);
  const loss = (z: tf.Tensor2D) => crossEntropies(z, smoothed(y, share)).mul(tf.tensor1d(weights));
  const losses = loss(x).arraySync() as number[];
  const gradient = (z: tf.Tensor2D) => tf.grad((input) => loss(input as tf.Tensor2D).sum())(z);
  const jitted = jit(gradient);
  const gradients = [gradient(x), jitted(x)].map((tensor) => tensor.arraySync() as number[][]);
  logits.forEach((row, i) => {
    const largest = Math.max(...row);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    const weight = weights[i] as number;
    const smooth = row.map((_, k) => (1 - share) * (targets[i]?.[k] as number) + share / 3);
    const wanted = row.reduce(
      (sum, logit, k) => sum - (smooth[k] as number) * (logit - largest - Math.log(total)),
      0,
    );
    assert.ok(Math.abs((losses[i] as number) - weight * wanted) < 1e-6 * wanted, `row ${i}`);
    row.forEach((logit, k) => {
      const slope = weight * (Math.exp(logit - largest) / total - (smooth[k] as number));
      for (const gradient of gradients) {
        assert.ok(Math.abs((gradient[i]?.[k] as number) - slope) < 1e-6, `${i}, ${k}`);
      }
    });
  });
});

test('when a row of targets is zeros, then its loss is 0', () => {
  assert.deepEqual(crossEntropies(tf.tensor2d([[1, 2]]), tf.zeros([1, 2])).arraySync(), [0]);
});

interface Cases {
  cases: { gamma: number; losses: number[]; gradient: number[][] }[];
}

/** Of test/training/fixtures/make_training.py. */
const golden = JSON.parse(
  readFileSync(new URL('./fixtures/training.json', import.meta.url), 'utf8'),
) as {
  classWeights: {
    labels: number[];
    weights: number[];
    logits: number[][];
    /** The label of each row, the mean loss of the batch and its gradient. */
    batch: number[];
    mean: number;
    gradient: number[][];
  };
  focal: Cases & { logits: number[][]; targets: number[][] };
  twoClasses: {
    logits: number[];
    labels: number[];
    cases: (Cases['cases'][0] & { gradient: number[] })[];
  };
};

/** Of test/training/fixtures/make_tasks.py. */
const tasksGolden = JSON.parse(
  readFileSync(new URL('fixtures/tasks.json', import.meta.url), 'utf8'),
) as {
  labels: Cases & {
    logits: number[][];
    targets: number[][];
    smoothing: number;
    plain: { losses: number[]; gradient: number[][] };
  };
};

/** The focal losses of the rows and their gradient by the logits, jitted. */
function focalOf(focalGamma: number, z: number[][], y: number[][]) {
  const losses = rowLosses(
    resolveOptions(lossOptions, { loss: 'focal', focalGamma, labelSmoothing: 0 }),
  );
  const both = jit((logits: tf.Tensor2D, targets: tf.Tensor2D) => {
    const gradient = tf.grad((x) => losses(x as tf.Tensor2D, targets).sum())(logits);
    return [losses(logits, targets), gradient] as const;
  });
  const [loss, gradient] = both(tf.tensor2d(z), tf.tensor2d(y));
  return { losses: loss.arraySync(), gradient: gradient.arraySync() as number[][] };
}

function checkClose(actual: readonly number[], wanted: readonly number[], what: string): void {
  wanted.forEach((value, i) => {
    const apart = Math.abs((actual[i] as number) - value);
    assert.ok(apart <= 1e-6 * Math.max(1, Math.abs(value)), `${what}: ${actual} is not ${wanted}`);
  });
}

test('when the loss is focal, then losses and gradients of true, mixed, smoothed and empty targets are those of torch', () => {
  const { logits, targets, cases } = golden.focal;
  for (const { gamma, losses, gradient } of cases) {
    const actual = focalOf(gamma, logits, targets);
    checkClose(actual.losses, losses, `γ ${gamma}`);
    checkClose(actual.gradient.flat(), gradient.flat(), `gradient, γ ${gamma}`);
  }
});

test("when there are two classes, then the focal loss is torchvision's of their sigmoid", () => {
  const { logits, labels, cases } = golden.twoClasses;
  const rows = logits.map((z) => [0, z]);
  const targets = labels.map((label) => [1 - label, label]);
  for (const { gamma, losses, gradient } of cases) {
    const actual = focalOf(gamma, rows, targets);
    checkClose(actual.losses, losses, `γ ${gamma}`);
    const ofOne = actual.gradient.map(([, slope]) => slope as number);
    checkClose(ofOne, gradient, `gradient, γ ${gamma}`);
  }
});

test('when a network is sure and right, then the focal loss has a finite gradient', () => {
  for (const gamma of [0.5, 1, 2]) {
    const { losses, gradient } = focalOf(gamma, [[200, 0, -200]], [[1, 0, 0]]);
    assert.deepEqual([...losses, ...gradient.flat()].map(Math.abs), [0, 0, 0, 0], `γ ${gamma}`);
  }
});

test('when the exponent of the focal loss is given for another loss, then both are named', () => {
  assert.throws(() => checkedValues({ focalGamma: 3 }), {
    name: 'InvalidInputError',
    message:
      'focalGamma 3 cannot be combined with loss cross-entropy. It is an option of loss focal: leave it out',
  });
  assert.equal(checkedValues({ loss: 'focal', focalGamma: 3 }).values.focalGamma, 3);
});

test("when class weights are balanced, then they are scikit-learn's, and the sum of the weighted losses over the images is torch's", () => {
  const { labels, weights, logits, batch, mean, gradient } = golden.classWeights;
  checkClose(balancedWeights(labels, 3), weights, 'weights');
  const values = resolveOptions(lossOptions, { classWeights: 'balanced', labelSmoothing: 0 });
  const losses = trainingLoss(values, { labels, classes: 3 });
  const targets = tf.oneHot(tf.tensor1d(batch, 'int32'), 3).cast('float32') as tf.Tensor2D;
  const meanOf = (x: tf.Tensor) => losses(x as tf.Tensor2D, targets).mean();
  const [value, slope] = jit((x: tf.Tensor2D) => [meanOf(x), tf.grad(meanOf)(x)] as const)(
    tf.tensor2d(logits),
  );
  checkClose([...value.dataSync()], [mean], 'mean');
  checkClose([...slope.dataSync()], gradient.flat(), 'gradient');
});

test('when an image is mixed, then its weight is that of both classes by their shares, before label smoothing', () => {
  const values = resolveOptions(trainOptions, { classWeights: 'balanced', labelSmoothing: 0.2 });
  const weighted = trainingLoss(values, { labels: [0, 0, 0, 1], classes: 2 });
  const [x, y] = [
    tf.tensor2d([
      [1, 2],
      [1, 2],
    ]),
    tf.tensor2d([
      [0.75, 0.25],
      [0, 0],
    ]),
  ];
  const [whole] = rowLosses(values)(x, y).arraySync() as [number];
  // 4 images in 2 classes: 4 / (2 · 3) and 4 / (2 · 1).
  const wanted = whole * (0.75 * (2 / 3) + 0.25 * 2);
  checkClose(weighted(x, y).arraySync(), [wanted, 0], 'mixed');
});

test('when a class has no images, then it has no weight, and the others share theirs', () => {
  assert.deepEqual(balancedWeights([0, 2, 2, 2], 3), [2, 0, 2 / 3]);
});

test('when an image has any number of labels, then losses and gradients are those of torch and torchvision', () => {
  const { logits: z, targets: y, smoothing, plain, cases } = tasksGolden.labels;
  const check = (given: object, wanted: { losses: number[]; gradient: number[][] }) => {
    const losses = rowLosses(resolveOptions(lossOptions, given), { labels: 'any' });
    const both = jit((logits: tf.Tensor2D, targets: tf.Tensor2D) => {
      const gradient = tf.grad((x) => losses(x as tf.Tensor2D, targets).sum())(logits);
      return [losses(logits, targets), gradient] as const;
    });
    const [loss, gradient] = both(tf.tensor2d(z), tf.tensor2d(y));
    checkClose(loss.arraySync(), wanted.losses, JSON.stringify(given));
    checkClose((gradient.arraySync() as number[][]).flat(), wanted.gradient.flat(), 'gradient');
  };
  check({ labelSmoothing: smoothing }, plain);
  for (const { gamma, ...wanted } of cases) {
    check({ loss: 'focal', focalGamma: gamma, labelSmoothing: 0 }, wanted);
  }
});

test('when both class weights and sampling would balance the classes, then both are named', () => {
  assert.throws(() => checkedValues({ classWeights: 'balanced', sampling: 'balanced' }), {
    name: 'InvalidInputError',
    message:
      'classWeights balanced cannot be combined with sampling balanced. Each alone makes all classes count alike: choose one',
  });
});

/** Of one row in double precision, by sums of probabilities: the classes from `from` on are ordered. */
const orderedFormulas = {
  cumulative(z: readonly number[], t: readonly number[], from: number): number {
    const p = softmaxOf(z);
    const [visible, mass] = [sumOf(p.slice(from)), sumOf(t.slice(from))];
    const q = softmaxOf(z.slice(from));
    let loss = from === 0 ? 0 : -mass * Math.log(visible);
    p.slice(0, from).forEach((each, k) => {
      loss -= (t[k] as number) * Math.log(each);
    });
    for (let k = 1; k < q.length; k++) {
      const [asked, reached] = [sumOf(q.slice(0, k)), sumOf(t.slice(from, from + k))];
      loss -= reached * Math.log(asked) + (mass - reached) * Math.log(1 - asked);
    }
    return loss;
  },
  distance(z: readonly number[], t: readonly number[], from: number): number {
    const crossEntropy = -sumOf(softmaxOf(z).map((each, k) => (t[k] as number) * Math.log(each)));
    const q = softmaxOf(z.slice(from));
    const away = t
      .slice(from)
      .flatMap((share, i) => q.map((each, j) => share * each * Math.abs(i - j)));
    return crossEntropy + sumOf(away);
  },
};
const sumOf = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0);
function softmaxOf(z: readonly number[]): number[] {
  const parts = z.map((each) => Math.exp(each - Math.max(...z)));
  return parts.map((part) => part / sumOf(parts));
}

const orderedRows = {
  logits: [
    [0.3, -1, 2, 0.5, 1.2],
    [2, 1, -0.5, 0, -3],
    [-1, 4, 0.2, -2, 0.1],
    [0, 0, 0, 0, 0],
  ],
  targets: [
    [0, 0, 0, 1, 0],
    [1, 0, 0, 0, 0],
    [0.1, 0.6, 0.05, 0.05, 0.2],
    [0, 0, 0, 0, 0],
  ],
};

for (const orderedLoss of ['cumulative', 'distance'] as const) {
  test(`when classes are ordered and the loss is ${orderedLoss}, then loss and gradient are those of the formula`, () => {
    const values = resolveOptions(lossOptions, { orderedLoss, labelSmoothing: 0 });
    const formula = orderedFormulas[orderedLoss];
    const { logits: z, targets: y } = orderedRows;
    for (const from of [0, 1, 3]) {
      const losses = rowLosses(values, { ordered: { from } });
      const both = jit((logits: tf.Tensor2D, targets: tf.Tensor2D) => {
        const sum = (x: tf.Tensor) => losses(x as tf.Tensor2D, targets).sum();
        return [losses(logits, targets), tf.grad(sum)(logits)] as const;
      });
      const [loss, gradient] = both(tf.tensor2d(z), tf.tensor2d(y));
      const wanted = z.map((row, i) => formula(row, y[i] as number[], from));
      checkClose(loss.arraySync(), wanted, `from ${from}`);
      // A row of zeros does not count: its gradient has the weight 0.
      const slopes = z.slice(0, 3).map((row, i) =>
        row.map((_, k) => {
          const at = (step: number) =>
            formula(
              row.map((logit, place) => (place === k ? logit + step : logit)),
              y[i] as number[],
              from,
            );
          return (at(1e-5) - at(-1e-5)) / 2e-5;
        }),
      );
      checkClose((gradient.arraySync() as number[][]).slice(0, 3).flat(), slopes.flat(), 'slopes');
    }
  });
}

test('when two classes are ordered, then the cumulative loss is the cross-entropy; a sure answer has a finite one', () => {
  const losses = rowLosses(
    resolveOptions(lossOptions, { orderedLoss: 'cumulative', labelSmoothing: 0 }),
    { ordered: { from: 0 } },
  );
  const [x, y] = [tf.tensor2d([[1, -2]]), tf.tensor2d([[0.3, 0.7]])];
  checkClose(losses(x, y).arraySync(), crossEntropies(x, y).arraySync(), 'two classes');
  const sure = losses(tf.tensor2d([[300, 0, -300]]), tf.tensor2d([[0, 0, 1]])).arraySync();
  checkClose(sure, [900], 'sure and wrong');
});

test('when classes without images are left out or a task has no order, then the order is that of the others, or none', () => {
  const values = resolveOptions(trainOptions, { orderedLoss: 'distance', labelSmoothing: 0 });
  const [x, y] = [tf.tensor2d([[0.3, -1, 2, 0.5]]), tf.tensor2d([[0, 0, 0, 1]])];
  const kept = tf.tensor1d([1, 2, 3], 'int32');
  const data = { labels: [1, 2, 3], classes: 4, leftOut: [0] };
  const of = (ordered?: { from: number }) =>
    trainingLoss(values, { ...data, ordered })(x, y).arraySync();
  const rest = [tf.gather(x, kept, 1), tf.gather(y, kept, 1)] as const;
  checkClose(of({ from: 1 }), rowLosses(values, { ordered: { from: 0 } })(...rest).arraySync(), '');
  checkClose(of({ from: 3 }), crossEntropies(...rest).arraySync(), 'one class is no order');
  checkClose(of(), crossEntropies(...rest).arraySync(), 'no order');
});
