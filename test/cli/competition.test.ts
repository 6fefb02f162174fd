/** The whole way of docs/competition.md, on drawn photos: every command of it, one after another. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { createProgram } from '../../src/cli/program.js';
import { synthesize } from '../../src/synthetic/index.js';
import { temporaryFolder } from '../support/folders.js';

const page = path.resolve('docs/competition.md');

/** What makes a command quick, by its name. The network is small, and begins with random weights. */
const tiny = '--epochs 1 --size 32 --batch-size 8 --threads 1 --no-pretrained'.split(' ');
const quick: Record<string, string[]> = {
  prepare: ['--validation-fraction', '0.3'],
  tune: [...tiny, '--trials', '2', '--leave-out', 'network,size,recipe'],
  train: tiny,
  ensemble: ['--threads', '1'],
  predict: ['--threads', '1'],
  verify: [],
};

/** The commands under a heading of the page, without its comments and its hours. */
async function commandsUnder(heading: string): Promise<string[][]> {
  const [, section = ''] = (await readFile(page, 'utf8')).split(`## ${heading}\n`);
  const [, block = ''] = /```sh\n([^`]*)```/.exec(section) ?? [];
  return block
    .trim()
    .split('\n')
    .map((line) =>
      line
        .replace(/ +#.*| --budget \S+/g, '')
        .split(' ')
        .slice(2),
    );
}

test('when a competitor goes the whole way, then the mean of all networks answers each question', async (t) => {
  const folder = temporaryFolder(t);
  const start = process.cwd();
  process.chdir(folder);
  t.after(() => process.chdir(start));
  const tasks = ['collar_design_labels', 'skirt_length_labels'];
  const amounts = { tasks, imagesPerTask: 20, questionsPerTask: 2, size: 64 };
  await synthesize('fashionai', amounts);
  const commands = await commandsUnder('The whole way');
  assert.deepEqual(
    commands.map(([name]) => name),
    ['prepare', 'tune', 'train', 'train', 'ensemble', 'predict', 'verify'],
  );
  for (const command of commands) {
    const [name = ''] = command;
    const words = [...command, ...(quick[name] as string[])];
    await (await createProgram(words)).parseAsync(words, { from: 'user' });
  }
  const rows = (await readFile('answers/submission.csv', 'utf8')).trimEnd().split('\n');
  assert.equal(rows.length, 4);
  const { tasks: chosen } = JSON.parse(await readFile('mean/ensemble.json', 'utf8'));
  assert.equal(chosen.length, 2);
});
