/** How `fit` ends when a loss or a weight is no longer finite. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch, PixelType } from '../../../src/pipeline/index.js';
import { devices, targetsOf, tf } from '../../../src/tensorflow/index.js';
import { type FitProgress, fit } from '../../../src/training/index.js';
import { classes, compiled, loaderOf } from '../../support/fitting.js';
import { spoil } from '../../support/spoil.js';

test('when a loss is not finite, then the training ends at that step with the last finite loss', async () => {
  const loader = loaderOf('train');
  const seen: FitProgress[] = [];
  let message = '';
  // The first step makes the weights so large that the second one overflows.
  await fit(compiled(tf.train.sgd(1e30)), loader, {
    onProgress: (progress) => seen.push(progress),
  }).catch((error) => {
    message = String(error);
  });
  const [first] = seen as [FitProgress];
  const last = first.logs.loss?.toPrecision(4);
  assert.equal(
    message,
    `InvalidInputError: Expected a finite number for the loss of batch 2 of epoch 1 but received NaN. The last finite loss was ${last}, so the steps are probably too large. Make the model anew, since its weights are lost, and compile it with a lower learning rate (it is 1e+30)`,
  );
  // On a GPU losses are read every few steps.
  assert.ok(seen.length === 1 || devices().some(({ type }) => type === 'GPU'));
  loader.close();
});

test('when the loss of the first step or of a validation is not finite, then fit says so', async () => {
  const [training, validation] = [loaderOf('train'), loaderOf('validation')];
  let batches = 0;
  /** Right for the five batches of training, and NaN for those of the validation. */
  const targets = (batch: Batch<PixelType>) =>
    targetsOf(batch, classes).mul(batches++ < 5 ? 1 : Number.NaN);
  await assert.rejects(
    fit(compiled(tf.train.sgd(0.01)), training, { validation, targets }),
    /for the loss of validation batch 1 of epoch 1 but received NaN\. The last finite loss was \d/,
  );
  await assert.rejects(
    fit(compiled(tf.train.sgd(0.01)), training, { targets }),
    /for the loss of batch 1 of epoch 1 but received NaN\. No loss was finite before/,
  );
  training.close();
  validation.close();
});

test('when a weight is not finite after an epoch, then it is named', async () => {
  const loader = loaderOf('train');
  const model = compiled(tf.train.sgd(0.01));
  spoil(model, 'moving_variance');
  await assert.rejects(
    fit(model, loader),
    /for \S*moving_variance after the last batch of epoch 1 but received NaN/,
  );
  loader.close();
});
