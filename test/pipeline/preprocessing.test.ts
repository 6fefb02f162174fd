import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPreprocessing, type Preprocessing } from '../../src/pipeline/index.js';

const usual: Preprocessing = {
  resize: 256,
  crop: 224,
  mean: [127, 127, 127],
  std: [128, 128, 128],
  channels: 'rgb',
};

test('when a preprocessing has no filter and no fit, then it is valid as before', () => {
  checkPreprocessing(usual);
  checkPreprocessing({ ...usual, filter: undefined, fit: undefined });
});

test('when a filter or a fit is misspelt, then the error names the nearest one', () => {
  const message = (given: object) => {
    try {
      checkPreprocessing({ ...usual, ...given } as Preprocessing, 'net.preprocessing');
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  assert.match(message({ filter: 'bicubik' }), /net\.preprocessing\.filter.*Did you mean bicubic/);
  assert.match(
    message({ fit: 'squish' }),
    /crop, pad, squash for net\.preprocessing\.fit.*Did you mean squash/,
  );
});
