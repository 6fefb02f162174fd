/** Flags made from a table of options, and their values. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addFlags, pickFlags, presetFlags } from '../../src/cli/flags.js';
import { optionsByName } from '../../src/options.js';

const table = {
  batchSize: { type: 'integer', default: 64, min: 1, max: 512, help: 'images a batch' },
  area: { type: 'range', default: [0.08, 1], min: 0, max: 1, help: 'share kept' },
  turns: { type: 'numbers', default: [], min: 1, max: 90, most: 3, help: 'degrees' },
  crop: { type: 'choice', choices: ['center', 'ten'], default: 'center', help: 'windows' },
  shuffle: { type: 'boolean', default: true, help: 'another order each epoch' },
  resume: { type: 'boolean', default: false, help: 'go on' },
  memoryMB: { type: 'number', default: 0, min: 0, max: 100, help: 'megabytes' },
} as const;

const tree = {
  ...table,
  augmentation: {
    blurSigma: { type: 'range', default: [0.1, 2], min: 0, max: 9, help: 'pixels' },
    fill: { type: 'choice', choices: ['mean', 'noise'], default: 'mean', help: 'w', flag: 'blot' },
  },
} as const;

function parsed(words: string[]) {
  const command = addFlags(new Command().exitOverride(), tree);
  command.configureOutput({ writeErr: () => {} }).option('--data <folder>');
  return command.parse(words, { from: 'user' });
}

const parse = (words: string[]) => pickFlags(table, parsed(words).opts());

test('when no flag is given, then the values are the defaults', () => {
  assert.deepEqual(parse(['--data', 'D']), {
    batchSize: 64,
    area: [0.08, 1],
    turns: [],
    crop: 'center',
    shuffle: true,
    resume: false,
    memoryMB: 0,
  });
});

test('when flags are given, then words become values of their type', () => {
  const words =
    '--batch-size 32 --area 0.5,0.75 --turns 5,10,15 --crop ten --no-shuffle --resume --memory-mb 2.5'.split(
      ' ',
    );
  assert.deepEqual(parse(words), {
    batchSize: 32,
    area: [0.5, 0.75],
    turns: [5, 10, 15],
    crop: 'ten',
    shuffle: false,
    resume: true,
    memoryMB: 2.5,
  });
});

test('when another option decides a default, then help has it in words and no value is set', () => {
  const size = { type: 'integer', default: undefined, min: 1, max: 9, help: 'side' } as const;
  const beta = { ...size, type: 'number', help: 'share', defaultHelp: '0.9 (a); 0.5 (b)' } as const;
  const command = addFlags(new Command(), { size: { ...size, defaultHelp: '5' }, beta });
  assert.match(command.helpInformation(), /from 1 to 9 \(default: 0\.9 \(a\); 0\.5 \(b\)\)/);
  assert.deepEqual(pickFlags({ beta }, command.parse([], { from: 'user' }).opts()), {
    beta: undefined,
  });
});

test('when a value is invalid, then the error shows what was typed', () => {
  const refused: [flag: string, typed: string, shown: string][] = [
    ['--batch-size', '1.5', '1.5'],
    ['--batch-size', '', '""'],
    ['--batch-size', '64k', '"64k"'],
    ['--area', '0.5', '[0.5]'],
    ['--area', '0.9,0.1', '[0.9,0.1]'],
    ['--area', '0.1,x', '"0.1,x"'],
    ['--turns', '5,5', '[5,5]'],
    ['--turns', '5,', '"5,"'],
    ['--crop', 'five', '"five"'],
  ];
  for (const [flag, typed, shown] of refused) {
    const message = new RegExp(
      `^Expected .* for ${flag} but received ${shown.replace(/[[\]]/g, '\\$&')}$`,
    );
    assert.throws(() => parse([flag, typed]), { name: 'InvalidInputError', message });
  }
});

test('when options are in a group, then their flags have no group and their values do', () => {
  const command = parsed(['--blur-sigma', '1,3', '--blot', 'noise']);
  const { augmentation } = pickFlags(tree, command.opts());
  assert.deepEqual(augmentation, { blurSigma: [1, 3], fill: 'noise' });
});

test('when a value is preset, then it wins over the default, and a flag over it', () => {
  const file = new Map(Object.entries({ shuffle: false, resume: true, batchSize: 8, other: 1 }));
  const preset = (words: string[]) => {
    const command = parsed(words);
    presetFlags(command, optionsByName(table), file, 'a file');
    const { shuffle, resume, batchSize } = pickFlags(table, command.opts());
    return { shuffle, resume, batchSize };
  };
  assert.deepEqual(preset([]), { shuffle: false, resume: true, batchSize: 8 });
  const words = '--shuffle --no-resume --batch-size 64'.split(' ');
  assert.deepEqual(preset(words), { shuffle: true, resume: false, batchSize: 64 });
});

test('when a file has options of several choices, then those of the chosen one are taken', () => {
  const optimizer = {
    type: 'choice',
    choices: ['sgd', 'adamw'],
    default: 'sgd',
    help: '',
  } as const;
  const number = { type: 'number', default: undefined, min: 0, max: 1, help: '' } as const;
  const only = (choice: string) => ({ appliesWith: { option: 'optimizer', choices: [choice] } });
  const own = {
    momentum: { ...number, ...only('sgd') },
    epsilon: { ...number, ...only('adamw') },
    optimizer,
  };
  const taken = (words: string[], file: object) => {
    const command = addFlags(new Command(), own).parse(words, { from: 'user' });
    presetFlags(command, optionsByName(own), new Map(Object.entries(file)), 'a file');
    return pickFlags(own, command.opts());
  };
  const file = { momentum: 0.8, epsilon: 0.1 };
  const sgd = { momentum: 0.8, epsilon: undefined, optimizer: 'sgd' };
  const adamw = { momentum: undefined, epsilon: 0.1, optimizer: 'adamw' };
  assert.deepEqual(taken([], file), sgd);
  assert.deepEqual(taken([], { ...file, optimizer: 'adamw' }), adamw);
  assert.deepEqual(taken(['--optimizer', 'adamw'], file), adamw);
  assert.equal(taken(['--momentum', '0.5'], { ...file, optimizer: 'adamw' }).momentum, 0.5);
});
