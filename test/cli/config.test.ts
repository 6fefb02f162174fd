/** Configuration files: their values, their errors, and the options of each command. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { commandOptions } from '../../src/cli/program.js';
import { readOptions } from '../../src/disk/index.js';
import { type Option, optionsByName } from '../../src/options.js';
import { temporaryFolder } from '../support/folders.js';
import { runBobbin } from '../support/run-bobbin.js';

const trainOptions = optionsByName((await commandOptions()).get('train') ?? {});

const folder = temporaryFolder();
let file: string;
before(async () => {
  file = path.join(folder, 'c.json');
});

async function read(text: string, known: Map<string, Option> = trainOptions) {
  await writeFile(file, text);
  return readOptions(file, known, '--config');
}

test('when a file has options and groups, then each value is known by its name', async () => {
  const values = await read(`{
    // Garments are cut off easily.
    "augmentation": { "area": [0.6, 1], "eraseFill": "noise", },
    "model": { "pretrained": false },
    "epochs": 3
  }`);
  assert.deepEqual(Object.fromEntries(values), {
    'augmentation.area': [0.6, 1],
    'augmentation.eraseFill': 'noise',
    'model.pretrained': false,
    epochs: 3,
  });
});

test('when a file begins with a byte order mark, then it is read', async () => {
  assert.deepEqual(Object.fromEntries(await read('\uFEFF{"epochs": 3}')), { epochs: 3 });
});

test('when a value does not fit its option, then option, file and line are named', async () => {
  const refusals: [string, string][] = [
    [
      '{\n"augmentation": {\n  "flip": 1.5 } }',
      'Expected a number from 0 to 1 for augmentation.flip in FILE:3 but received 1.5',
    ],
    [
      '{\n"epochs": "3"}',
      'Expected an integer from 1 to 10000 for epochs in FILE:2 but received "3"',
    ],
    ['{"decayAll": null}', 'Expected true or false for decayAll in FILE:1 but received null'],
    [
      '{"augmentation": {"area": [1, 0.5]}}',
      'Expected two ascending numbers from 0.001 to 1 for augmentation.area in FILE:1 but received [1,0.5]',
    ],
    [
      '\n{"schedule": "linear"}',
      'Expected one of cosine, step, one-cycle for schedule in FILE:2 but received "linear"',
    ],
    ['{"model": 3}', 'Expected an object of options for model in FILE:1 but received 3'],
    ['[]', 'Expected an object of options for FILE:1 but received []'],
    ['{"epochs": 1,\n"epochs": 2}', 'epochs in FILE:2 was given twice. Give it once'],
  ];
  for (const [text, message] of refusals) {
    const wanted = { name: 'InvalidInputError', message: message.replace('FILE', file) };
    await assert.rejects(read(text), wanted, text);
  }
});

test('when a name is unknown, then the error says which one was likely meant', async () => {
  const meant: [string, string | undefined][] = [
    ['{"epocs": 3}', 'epochs'],
    ['{"batch-size": 3}', 'batchSize'],
    ['{"flip": 0}', 'augmentation.flip'],
    ['{"size": 64}', 'model.size'],
    ['{"augmentation": {"blurSgima": [1, 2]}}', 'augmentation.blurSigma'],
    ['{"augmentation": {"epochs": 3}}', 'epochs'],
    ['{"wings": 2}', undefined],
    ['{"toString": 2}', undefined],
    ['{"__proto__": 2}', undefined],
  ];
  for (const [text, name] of meant) {
    const remedy = name ? `Did you mean ${name}\\?` : 'docs/commands lists the options';
    const wanted = `^InvalidInputError: Expected the name of an option for a key in .*c\\.json:1 but received ".*"\\. ${remedy}$`;
    await assert.rejects(read(text), new RegExp(wanted), text);
  }
});

test('when a file is not JSON, then the wrong line is shown', async () => {
  const refusals: [string, RegExp][] = [
    [
      '{\n  "epochs": 3\n  "seed": 1\n}',
      /JSON for .*:3 but received "\\"seed\\": 1"\. Comma expected/,
    ],
    ['{\n"epochs": three }', /JSON for .*:2 but received .*\. Invalid symbol/],
    ['', /JSON for .*:1 but received ""\. Value expected/],
    ['{"epochs": 3', /JSON for .*:1 but received .*\. Close brace expected/],
    ['{"epochs": 3} {}', /JSON for .*:1 but received .*\. End of file expected/],
    ['{"a":'.repeat(50_000), /an object of options for .* but received "thousands of brackets/],
  ];
  for (const [text, message] of refusals) {
    await assert.rejects(read(text), message, text.slice(0, 80));
  }
});

test('when there is no file, then a command says so in one line', async () => {
  const words = ['prepare', 'x', '--out', 'y', '--config', path.join(folder, 'absent.json')];
  const { code, stderr } = await runBobbin(words);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^bobbin: Expected a file that can be read for --config but received ".*absent\.json"\. ENOENT.*\n$/,
  );
});

test('when a file has options of another command, then they are checked and ignored', async () => {
  const words = ['bench', folder, '--config', file];
  await writeFile(file, '{"epochs": 3, "model": {"size": 64}}');
  const { code, stderr } = await runBobbin(words);
  // The folder has no images: the file was taken.
  assert.equal(code, 1);
  assert.match(stderr, /^bobbin: Expected class folders/);
  await writeFile(file, '{"epochs": 0}');
  assert.match((await runBobbin(words)).stderr, /an integer from 1 to 10000 for epochs in .*:1/);
});

test('when an option is in several places, then the flag wins over the file, and the file over the default', async () => {
  const photos = path.join(folder, 'photos');
  const amounts = '--images-per-task 30 --questions-per-task 1 --size 64'.split(' ');
  const words = ['synthesize', '--out', photos, ...amounts, '--tasks', 'lapel_design_labels'];
  const draw = await runBobbin(words);
  assert.equal(draw.code, 0, draw.stderr);
  await writeFile(file, '{"validationFraction": 0.5, "seed": 9}');
  const out = path.join(folder, 'data');
  const manifest = async (...given: string[]) => {
    const ended = await runBobbin(['prepare', photos, '--out', out, ...given]);
    assert.equal(ended.code, 0, ended.stderr);
    return readFile(path.join(out, 'manifest.json'), 'utf8');
  };
  const flags = (seed: string, share: string) => ['--seed', seed, '--validation-fraction', share];
  const byFile = await manifest('--config', file);
  assert.equal(byFile, await manifest(...flags('9', '0.5')));
  assert.notEqual(byFile, await manifest());
  const byBoth = await manifest('--validation-fraction', '0.2', '--config', file);
  assert.equal(byBoth, await manifest(...flags('9', '0.2')));
  assert.notEqual(byBoth, byFile);
});
