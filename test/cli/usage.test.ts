/** What the command line says to mistakes before a command works; help, and its examples. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { commandNames, createProgram } from '../../src/cli/program.js';
import { secondsOf } from '../../src/cli/search/duration.js';
import { examples, welcome } from '../../src/cli/usage/examples.js';
import { prepare } from '../../src/dataset/index.js';
import { networkNames } from '../../src/model/index.js';
import { temporaryFolder, writeFiles } from '../support/folders.js';
import { classFolder } from '../support/prepared.js';
import { runBobbin } from '../support/run-bobbin.js';

/** The message for a command line, given as one string. */
async function refusalOf(line: string): Promise<string> {
  const words = line.split(' ');
  const program = await createProgram(words);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    assert.equal((error as Error).name, 'InvalidInputError');
    return (error as Error).message;
  }
  throw new Error(`${line} was not refused`);
}

const refusals: [line: string, message: string][] = [
  // Misspelt: it comes before what is missing.
  ['prep photos', "Unknown command 'prep'. Did you mean prepare?"],
  ['frob', "Unknown command 'frob'. See `npx bobbin --help`"],
  ['train --epoch 3', "Unknown option '--epoch'. Did you mean --epochs?"],
  ['prepare photos --ot d', "Unknown option '--ot'. Did you mean --out?"],
  ['prepare photos --xyz d', "Unknown option '--xyz'. See `npx bobbin prepare --help`"],
  // Missing: all of it.
  ['prepare', 'Missing <source> and --out <folder> for prepare. See `npx bobbin prepare --help`'],
  ['prepare photos', 'Missing --out <folder> for prepare. See `npx bobbin prepare --help`'],
  ['train', 'Missing --data <folder> and --run <folder> for train. See `npx bobbin train --help`'],
  ['train --run', 'Missing <folder> for --run'],
  ['train --data --run r', 'Missing <folder> for --data'],
  // Too much.
  [
    'train data --run r',
    'Expected options alone for train but received "data". See `npx bobbin train --help`',
  ],
  [
    'prepare a b --out d',
    'Expected nothing after <source> for prepare but received "b". See `npx bobbin prepare --help`',
  ],
  ['train --run a --run b', '--run was given twice. Give it once'],
  ['train --seed 1 --seed 1', '--seed was given twice. Give it once'],
  ['train --decay-all --no-decay-all', '--decay-all cannot be combined with --no-decay-all'],
  // Absent.
  [
    'verify nosuch.zip --data data',
    'Expected an existing file for submission but received "nosuch.zip"',
  ],
  // Invalid: what was typed, said once.
  [
    'train --model resnet5',
    `Expected one of ${networkNames.join(', ')}, or the path of a folder that import wrote (./FOLDER) for --model but received "resnet5". Did you mean resnet50?`,
  ],
  ['train --batch-size 0', 'Expected an integer from 1 to 65536 for --batch-size but received 0'],
  ['train --seed abc', 'Expected an integer of at least 0 for --seed but received "abc"'],
  [
    'train --learning-rate 1e-3x',
    'Expected a number from 0 to 100 for --learning-rate but received "1e-3x"',
  ],
  [
    'prepare photos --validation-fraction 1.5',
    'Expected a number from 0 to 0.9 for --validation-fraction but received 1.5',
  ],
  [
    'train --area 1,0.5',
    'Expected two ascending numbers from 0.001 to 1 for --area but received [1,0.5]',
  ],
  [
    'tune --budget 30',
    'Expected a duration such as 90s, 30m or 1h30m for --budget but received "30"',
  ],
  [
    'tune --leave-out sise',
    'Expected words of recipe, network, size, learningRate, weightDecay, strength for --leave-out but received "sise"',
  ],
  [
    'predict --run r --weights 1,x a.jpg',
    'Expected numbers of at least 0, separated by commas, for --weights but received "1,x"',
  ],
];

for (const [line, message] of refusals) {
  test(`when the words are \`${line}\`, then the error is: ${message}`, async () => {
    assert.equal(await refusalOf(line), message);
  });
}

test('when a duration is typed, then it has so many seconds', () => {
  const durations = ['90s', '30m', '1h30m', '1.5h', '1h1m1s'];
  assert.deepEqual(
    durations.map((typed) => secondsOf(typed, '--budget')),
    [90, 1800, 5400, 5400, 3661],
  );
});

test('when an unknown option is the name of a file, then the error says how to write it', async (t) => {
  const earlier = process.cwd();
  t.after(() => process.chdir(earlier));
  process.chdir(temporaryFolder(t));
  await writeFiles('.', { '-minus.jpg': 'x' });
  const message = "Unknown option '-minus.jpg'. Write ./-minus.jpg for the file";
  assert.equal(await refusalOf('predict --run r -minus.jpg'), message);
});

test('when there are no words, then the help is shown, which is no error', async () => {
  const { code, stdout } = await runBobbin([]);
  assert.deepEqual({ code, stdout }, { code: 0, stdout: `${welcome}\n` });
});

test('when a repeatable option is repeated, then all of its values count', async () => {
  const line = 'predict --run a --run b --run c --weights 1,2 x.jpg';
  assert.match(
    await refusalOf(line),
    /^Expected 3 numbers, one for each --run, for --weights but received 2$/,
  );
});

test('when an example of the help is parsed, then its command knows every word', async () => {
  for (const line of Object.values(examples).flat()) {
    const [name = '', ...words] = line.split(' ');
    const program = await createProgram([name]);
    const command = program.commands.find((each) => each.name() === name);
    assert.deepEqual(command?.parseOptions(words).unknown, [], line);
  }
});

test('when help is shown, then it fits into 80 columns', async () => {
  const shown = [...welcome.split('\n')];
  for (const name of ['', ...commandNames]) {
    const program = await createProgram([name]);
    const command = program.commands.find((each) => each.name() === name) ?? program;
    const writeOut = (text: string) => shown.push(...text.split('\n'));
    command.configureOutput({ writeOut }).outputHelp();
  }
  assert.ok(shown.includes('  npx bobbin train --data data --run run --resume'));
  assert.deepEqual(
    shown.filter((line) => [...line].length > 80),
    [],
  );
});

test('when a data set has no questions, then verify says so', async (t) => {
  const folder = temporaryFolder(t);
  await writeFiles(folder, { ...classFolder('photos/a', 2), ...classFolder('photos/b', 2) });
  const [source, out] = [path.join(folder, 'photos'), path.join(folder, 'data')];
  await prepare(source, { out });
  assert.equal(
    await refusalOf(`verify ${out}/manifest.json --data ${out}`),
    `Expected a data set with questions for --data but received "${out}". Prepare it with --questions, the table that asks`,
  );
});
