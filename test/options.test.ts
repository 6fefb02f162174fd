/** Option tables: defaults, ranges and error messages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OptionTable, resolveOptions } from '../src/options.js';

const table = {
  epochs: { type: 'integer', default: 10, min: 1, max: 1000, help: 'passes over the data' },
  flip: { type: 'number', default: 0.5, min: 0, max: 1, help: 'share of mirrored images' },
  area: { type: 'range', default: [0.08, 1], min: 0, max: 1, help: 'share of the image kept' },
  turns: { type: 'numbers', default: [], min: 1, max: 90, most: 2, help: 'degrees' },
  crop: { type: 'choice', choices: ['center', 'ten'], default: 'center', help: 'windows' },
  shuffle: { type: 'boolean', default: true, help: 'another order each epoch' },
} as const satisfies OptionTable;

test('when no option is given, then every option has its default', () => {
  assert.deepEqual(resolveOptions(table), {
    epochs: 10,
    flip: 0.5,
    area: [0.08, 1],
    turns: [],
    crop: 'center',
    shuffle: true,
  });
});

test('when a value is at the end of its range, then it is accepted; beyond it, the error names the option', () => {
  assert.equal(resolveOptions(table, { flip: 1 }).flip, 1);
  assert.deepEqual(resolveOptions(table, { turns: [90, 1] }).turns, [90, 1]);
  const refusals: [object, string][] = [
    [{ flip: 1.1 }, 'Expected a number from 0 to 1 for flip but received 1.1'],
    [{ flip: Number.NaN }, 'Expected a number from 0 to 1 for flip but received NaN'],
    [{ epochs: 1.5 }, 'Expected an integer from 1 to 1000 for epochs but received 1.5'],
    [{ epochs: '3' }, 'Expected an integer from 1 to 1000 for epochs but received "3"'],
    [
      { area: [1, 0.5] },
      'Expected two ascending numbers from 0 to 1 for area but received [1,0.5]',
    ],
    [
      { turns: [5, 5] },
      'Expected at most 2 different numbers from 1 to 90 for turns but received [5,5]',
    ],
    [
      { turns: [1, 2, 3] },
      'Expected at most 2 different numbers from 1 to 90 for turns but received [1,2,3]',
    ],
    [
      { turns: [0.5] },
      'Expected at most 2 different numbers from 1 to 90 for turns but received [0.5]',
    ],
    [{ crop: 'five' }, 'Expected one of center, ten for crop but received "five"'],
    [
      { crop: 'centre' },
      'Expected one of center, ten for crop but received "centre". Did you mean center?',
    ],
    [{ shuffle: 1 }, 'Expected true or false for shuffle but received 1'],
    [
      { epoch: 1 },
      'Expected the name of an option for a key of the options but received "epoch". Did you mean epochs?',
    ],
  ];
  for (const [given, message] of refusals) {
    assert.throws(() => resolveOptions(table, given), { name: 'InvalidInputError', message });
  }
});
