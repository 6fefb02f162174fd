/** What functions of the API refuse, and in which words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  callback,
  checkArguments,
  list,
  optional,
  record,
  type ShapeOf,
  signal,
  text,
} from '../src/arguments.js';

interface Request {
  files: readonly string[];
  manifest: object;
  task?: string;
  seed?: number;
  augmentation?: { flip?: boolean };
  observer?: { onEpoch?: () => void };
  signal?: AbortSignal;
}

const shape = {
  files: list('an array of paths'),
  manifest: record('a manifest'),
  task: optional(text('a name')),
  seed: { type: 'integer', default: 1, min: 0, max: 9, help: '' },
  augmentation: { flip: { type: 'boolean', default: true, help: '' } },
  observer: { onEpoch: callback },
  signal,
} as const satisfies ShapeOf<Request>;

const valid = { files: ['a.png'], manifest: {} };

test('when arguments fit, then they pass', () => {
  checkArguments('call', valid, shape);
  const { signal } = new AbortController();
  const all = { task: 'hat', seed: 2, augmentation: {}, observer: { onEpoch() {} }, signal };
  checkArguments('call', { ...valid, ...all }, shape);
  checkArguments('call', { ...valid, task: undefined, observer: undefined }, shape);
});

test('when an argument is missing, of another kind or unknown, then a sentence says so', () => {
  const refused: [unknown, string][] = [
    [undefined, 'Missing an object of options for call'],
    [['a.png'], 'Expected an object of options for call but received ["a.png"]'],
    [{ manifest: {} }, 'Missing an array of paths for files'],
    [{ ...valid, files: 'a.png' }, 'Expected an array of paths for files but received "a.png"'],
    [{ ...valid, manifest: 'data' }, 'Expected a manifest for manifest but received "data"'],
    [{ ...valid, task: '' }, 'Expected a name for task but received ""'],
    [{ ...valid, signal: true }, 'Expected an AbortSignal for signal but received true'],
    [{ ...valid, seed: 99 }, 'Expected an integer from 0 to 9 for seed but received 99'],
    [{ ...valid, file: 1 }, `${unknownKey('call', 'file')} Did you mean files?`],
    [
      { ...valid, augmentation: { flp: 1 } },
      `${unknownKey('augmentation', 'flp')} Did you mean flip?`,
    ],
    [
      { ...valid, augmentation: 1 },
      'Expected an object of options for augmentation but received 1',
    ],
    [
      { ...valid, observer: { onEpoc() {} } },
      `${unknownKey('observer', 'onEpoc')} Did you mean onEpoch?`,
    ],
    [{ ...valid, observer: { onEpoch: 1 } }, 'Expected a function for onEpoch but received 1'],
  ];
  for (const [given, message] of refused) {
    assert.throws(() => checkArguments('call', given, shape), {
      name: 'InvalidInputError',
      message,
    });
  }
});

const unknownKey = (owner: string, key: string) =>
  `Expected the name of an option for a key of ${owner} but received "${key}".`;

test('when a shape and its interface differ, then the compiler refuses it', () => {
  // @ts-expect-error a name is missing
  const lacking = { files: list('paths') } satisfies ShapeOf<Pick<Request, 'files' | 'task'>>;
  // @ts-expect-error a name is unknown
  const unknown = { files: list('paths'), file: text('a path') } satisfies ShapeOf<
    Pick<Request, 'files'>
  >;
  // @ts-expect-error it may be left out
  const required = { task: text('a name') } satisfies ShapeOf<Pick<Request, 'task'>>;
  assert.equal([lacking, unknown, required].length, 3);
});
