/** How an invalid value is worded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conflict, expected } from '../src/errors.js';

test('when a value is invalid, then the error has the expectation, the name and the remedy', () => {
  const { message } = expected('a number', 'epochs', 'ten', 'Write it in digits');
  assert.equal(message, 'Expected a number for epochs but received "ten". Write it in digits');
});

test('when a value is long, then the error shows its beginning only', () => {
  const { message } = expected('a path', 'label.csv:1', 'x'.repeat(100_000));
  assert.equal(message, `Expected a path for label.csv:1 but received "${'x'.repeat(199)}…`);
});

test('when two values exclude each other, then the error names both and what to do', () => {
  const { message, name } = conflict('`slots`', '`memoryMB`', 'Give one of them');
  assert.equal(message, '`slots` cannot be combined with `memoryMB`. Give one of them');
  assert.equal(name, 'InvalidInputError');
});
