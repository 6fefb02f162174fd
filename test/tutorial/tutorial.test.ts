/** The tutorial, both ways of it, with little data and a small network; and the Chinese pages, whose commands are the English ones. */
import assert from 'node:assert/strict';
import { execFileSync, execSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageRoot } from '../../scripts/root.mjs';
import { createProgram } from '../../src/cli/program.js';
import { temporaryFolder } from '../support/folders.js';
import { bringPhotos } from './own-photos.js';
import { blocksFor, blocksOf, linesOf, notPrinted, type Way } from './page.js';

const page = 'docs/start.md';

/** What makes the page's commands quick. */
const smaller: [RegExp, string][] = [
  [/--size \d+/, '--size 32'],
  [/--images-per-task \d+/, '--images-per-task 20 --size 64'],
  [/--questions-per-task \d+/, '--questions-per-task 2'],
  [/--epochs \d+/, '--epochs 1 --trainable head --no-pretrained --threads 1'],
];

/** Commands for a whole checkout and for servers, which other tests run. */
const elsewhere =
  /^(npm run setup|npx bobbin doctor|mkdir -p runs\/start|cd runs\/start|python3 -m http.server .*|npx bobbin serve .*|for photo in .*)$/;

/** Follows a line of the page: commands of Bobbin in this process, for its start takes longer than they do. */
async function follow(line: string): Promise<void> {
  if (elsewhere.test(line)) {
    return;
  }
  const quick = smaller.reduce((text, [long, short]) => text.replace(long, short), line);
  const [, command] = /^npx bobbin (.*)$/.exec(quick) ?? [];
  if (command !== undefined) {
    const words = execFileSync('bash', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
      .trimEnd()
      .split('\n');
    await (await createProgram(words)).parseAsync(words, { from: 'user' });
  } else {
    assert.match(line, /^node /);
    execSync(line, { stdio: ['ignore', 'inherit', 'inherit'] });
  }
}

/** Commands that do the same for both ways; once is enough here. */
const alike = /^npx bobbin (preview|evaluate|suspects|report|export) /;

/** Follows what the page asks of a reader who goes one way, in the current folder, except the lines that `left` fits. */
async function followPage(way: Way, left = /^$/): Promise<void> {
  for (const block of blocksFor(page, way)) {
    if (block.file !== undefined) {
      await writeFile(block.file, block.text);
    } else if (block.language === 'sh') {
      for (const line of linesOf(block).filter((each) => !left.test(each))) {
        await follow(line);
      }
    }
  }
}

/** Goes to a new folder from which programs import Bobbin, until the test ends. */
function enterNewFolder(t: TestContext): void {
  const folder = temporaryFolder(t);
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(packageRoot, path.join(folder, 'node_modules/bobbin'));
  const start = process.cwd();
  process.chdir(folder);
  t.after(() => process.chdir(start));
}

test('when a reader follows the tutorial, then the competition gets a verified submission, and own photos get a table', async (t) => {
  enterNewFolder(t);
  await followPage('competition');
  const rows = readFileSync('answers/submission.csv', 'utf8').trimEnd().split('\n');
  assert.equal(rows.length, 4);
  assert.equal(tableRows(), 2);
  assert.ok(existsSync('report.html') && existsSync('page/skirt_length_labels/index.html'));
  mkdirSync('own');
  await bringPhotos('data', 'own');
  process.chdir('own');
  await followPage('own photos', alike);
  assert.equal(tableRows(), 2);
});

/** The rows of the table that `predict --out` writes, without its first line. */
const tableRows = () => readFileSync('predictions.csv', 'utf8').trimEnd().split('\n').length - 1;

/** A page without what its translation may change: of blocks, the comments; and all that stands between blocks. */
const commandsOf = (page: string) =>
  blocksOf(page).map(({ text, ...block }) => ({
    ...block,
    text: text.replaceAll(/( +#| *\/\/) .*$/gm, ''),
  }));

const translations = { 'README.md': 'README.zh.md', 'docs/start.md': 'docs/zh/start.md' };

for (const [english, chinese] of Object.entries(translations)) {
  test(`when ${english} is read in Chinese, then its commands, programs and outputs are the same`, () => {
    assert.ok(commandsOf(english).length > 4);
    assert.deepEqual(commandsOf(chinese), commandsOf(english));
  });
}

test('when the tutorial shows a picture, then it is there, and small', () => {
  const pictures = [...readFileSync(page, 'utf8').matchAll(/\]\((pictures\/[^)]+)\)/g)];
  assert.ok(pictures.length > 3);
  for (const [, picture = ''] of pictures) {
    const { length } = readFileSync(path.join(packageRoot, 'docs', picture));
    assert.ok(length <= 100_000, `${picture}: ${length} bytes`);
  }
});

test('when a page shows a line that a run did not print, or in another order, then the line is found', () => {
  const printed =
    '\x1b[1G⠙\x1b[0Ktask    images\n──────  ──────\n1/6 12\r6/6  7  0:31\nskirts: 71.2 %, the best\n';
  const shown = 'task  images\n───  ───\n…\n6/6 1234 1:05\nskirts: 60 %, …\n';
  assert.deepEqual(notPrinted(shown, printed), []);
  assert.deepEqual(notPrinted('6/6 1 0:31\ntask images\n', printed), ['task images']);
  assert.deepEqual(notPrinted('skirts: 71.2 %\n', printed), ['skirts: 71.2 %']);
});
