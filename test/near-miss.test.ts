/** Which name a misspelt one is taken for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkKeys, nearest } from '../src/near-miss.js';

test('when a name is mistyped or spelled in another way, then the nearest known one is found', () => {
  const known = ['epochs', 'batchSize', 'augmentation.rotation'];
  assert.equal(nearest('epoch', known), 'epochs');
  assert.equal(nearest('batch_size', known), 'batchSize');
  assert.equal(nearest('rotaton', known), 'augmentation.rotation');
  assert.equal(nearest('colour', known), undefined);
});

test('when an object has an unknown key, then the error names the nearest one or lists all', () => {
  assert.throws(
    () => checkKeys('train', { epoch: 3 }, ['epochs', 'seed']),
    /^InvalidInputError: Expected the name of an option for a key of train but received "epoch"\. Did you mean epochs\?$/,
  );
  assert.throws(() => checkKeys('train', { xyz: 3 }, ['epochs', 'seed']), /It takes epochs, seed$/);
  checkKeys('train', { seed: 1 }, ['epochs', 'seed']);
});
