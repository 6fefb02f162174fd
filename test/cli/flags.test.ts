/** Flags made from an option table, and the values that come back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addFlags, pickFlags } from '../../src/cli/flags.js';

const table = {
  batchSize: { type: 'integer', default: 64, min: 1, max: 512, help: 'images a batch' },
  area: { type: 'range', default: [0.08, 1], min: 0, max: 1, help: 'share kept' },
  crop: { type: 'choice', choices: ['center', 'ten'], default: 'center', help: 'windows' },
  shuffle: { type: 'boolean', default: true, help: 'another order each epoch' },
  resume: { type: 'boolean', default: false, help: 'go on' },
  memoryMB: { type: 'number', default: 0, min: 0, max: 100, help: 'megabytes' },
} as const;

function parse(words: string[], defaults = {}) {
  const command = addFlags(new Command().exitOverride(), table, defaults);
  command.configureOutput({ writeErr: () => {} }).option('--data <folder>');
  command.parse(words, { from: 'user' });
  return pickFlags(table, command.opts());
}

test('when no flag is given, then the values are the defaults, those of the command first', () => {
  assert.deepEqual(parse(['--data', 'D'], { batchSize: 8 }), {
    batchSize: 8,
    area: [0.08, 1],
    crop: 'center',
    shuffle: true,
    resume: false,
    memoryMB: 0,
  });
});

test('when flags are given, then words become values of their type', () => {
  const words =
    '--batch-size 32 --area 0.5,0.75 --crop ten --no-shuffle --resume --memory-mb 2.5'.split(' ');
  assert.deepEqual(parse(words), {
    batchSize: 32,
    area: [0.5, 0.75],
    crop: 'ten',
    shuffle: false,
    resume: true,
    memoryMB: 2.5,
  });
});

test('when a value does not fit, then the flag is refused', () => {
  const refused = [
    ['--batch-size', '1.5'],
    ['--batch-size', ''],
    ['--batch-size', '64k'],
    ['--area', '0.5'],
    ['--area', '0.9,0.1'],
    ['--crop', 'five'],
  ];
  for (const words of refused) {
    assert.throws(() => parse(words), { code: 'commander.invalidArgument' }, words.join(' '));
  }
});
