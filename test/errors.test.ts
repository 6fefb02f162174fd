/** How an invalid value is worded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conflict, expected, givenTwice, missing } from '../src/errors.js';

test('when a value is invalid, then the error has the expectation, the name and the remedy', () => {
  const { message } = expected('a number', 'epochs', 'ten', 'Write it in digits');
  assert.equal(message, 'Expected a number for epochs but received "ten". Write it in digits');
});

test('when a value is long, then the error shows its beginning only', () => {
  const { message } = expected('a path', 'label.csv:1', 'x'.repeat(100_000));
  assert.equal(message, `Expected a path for label.csv:1 but received "${'x'.repeat(199)}…`);
});

test('when a value is deep, endless, wide or refuses to be read, then the error stays short', () => {
  const loop: unknown[] = [];
  loop.push(loop, loop);
  const deep = JSON.parse(`${'[{"a":'.repeat(10_000)}1${'}]'.repeat(10_000)}`);
  const throwing = {
    get size(): never {
      throw new Error('no');
    },
  };
  const values = [
    loop,
    deep,
    Array(1e7),
    new Uint8Array(1e8),
    Buffer.alloc(1e7),
    'x'.repeat(2 ** 28),
  ];
  for (const value of values) {
    assert.ok(expected('less', 'value', value).message.length < 300);
  }
  assert.match(expected('less', 'value', throwing).message, /received \{"size":…\}$/);
  assert.match(
    expected('less', 'value', { big: 2n ** 70n, list: [1, null, Number.NaN] }).message,
    /received \{"big":1180591620717411303424,"list":\[1,null,NaN\]\}$/,
  );
  assert.ok(expected('less', 'x'.repeat(1e6), 1, 'y'.repeat(1e6)).message.length < 5000);
});

test('when two values exclude each other, then the error names both and what to do', () => {
  const { message, name } = conflict('`slots`', '`memoryMB`', 'Give one of them');
  assert.equal(message, '`slots` cannot be combined with `memoryMB`. Give one of them');
  assert.equal(name, 'InvalidInputError');
});

test('when something was given twice, then the error says so and what to do', () => {
  assert.equal(givenTwice('--run').message, '--run was given twice. Give it once');
});

test('when nothing was given, then the error says that it is missing', () => {
  const { message } = expected('a folder', '--out', undefined, 'Name one');
  assert.equal(message, 'Missing a folder for --out. Name one');
  assert.equal(missing('a folder', '--out').message, 'Missing a folder for --out');
});
