/** What the commands show on a terminal of 80 × 24: no line wraps, and none of TensorFlow's appears. */
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { synthesize } from '../../src/synthetic/index.js';
import { displayWidth } from '../../src/width.js';
import { temporaryFolder } from '../support/folders.js';
import { main } from '../support/run-bobbin.js';
import { inTerminal } from '../support/terminal.js';

const terminal = { rows: 24, columns: 80 };
const cwd = temporaryFolder();
const task = 'collar_design_labels';
const training = '--model mobilenet-v2 --no-pretrained --size 32 --batch-size 8 --epochs 2';

before(async () => {
  const drawing = { imagesPerTask: 24, questionsPerTask: 3, size: 64, seed: 1 };
  await synthesize(path.join(cwd, 'photos'), { ...drawing, tasks: [task] });
  const images = path.join(cwd, 'photos/base/Images', task);
  copyFileSync(path.join(images, readdirSync(images)[0] ?? ''), path.join(cwd, 'coat.jpg'));
});

/** The lines that a terminal shows of `output`, one after another. A line that is rewritten counts each time. */
const linesOf = (output: string) =>
  output
    .split('\u001b')
    .map((piece) => piece.replace(/^\[\d*[A-Z]/, ''))
    .flatMap((piece) => piece.split(/[\r\n]+/))
    .filter((line) => line !== '');

/** A path, a command in backquotes and nothing else may be longer than the terminal: broken, they could not be copied. */
const isWhole = (line: string) => /^ *(\S*\/\S*|`[^`]*`)[.,;:]?$/.test(line);

/** Runs `bobbin` with `words` and checks each line that it shows. */
function checkLines(words: string): void {
  const { code, output } = inTerminal([process.execPath, ...main, ...words.split(' ')], {
    cwd,
    ...terminal,
  });
  assert.equal(code, 0, output);
  const tooLong = linesOf(output).filter(
    (line) => displayWidth(line) > terminal.columns && !isWhole(line),
  );
  assert.deepEqual(tooLong, [], words);
  assert.doesNotMatch(output, /absl|oneDNN|^[IWEF]\d{4} /m, words);
}

test('when doctor runs on a terminal of 80 columns, then its lines fit', () =>
  checkLines('doctor'));

test('when the commands of a run follow one another on such a terminal, then all lines fit, and TensorFlow prints none', () => {
  checkLines('prepare photos --out data');
  checkLines('preview data');
  checkLines(`train --data data --run run ${training} --warm-up 0`);
  checkLines('evaluate --data data --run run');
  checkLines(`predict --run run --task ${task} coat.jpg`);
});

test('when submit runs on such a terminal, then its lines fit, and TensorFlow prints none', () => {
  checkLines(
    `submit --data photos --out work ${training} --crops center --validation-fraction 0.3`,
  );
});

test('when the progress and the result go to files, then neither has a control character', () => {
  const command = `${[process.execPath, ...main].join(' ')} prepare photos --out again >out.txt 2>err.txt; cat out.txt err.txt`;
  const { code, output } = inTerminal(['sh', '-c', command], { cwd, ...terminal });
  assert.equal(code, 0, output);
  assert.ok(!output.includes('\u001b') && output.includes(task), output);
});
