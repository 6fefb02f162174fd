/** The commands one after another on a tiny drawn data set, and a submission that is stopped and continued. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import { createModel, saveClassifier } from '../../src/model/index.js';
import { temporaryFolder } from '../support/folders.js';
import { runBobbin } from '../support/run-bobbin.js';

const tasks = ['collar_design_labels', 'pant_length_labels'];
const setup = '--size 32 --batch-size 8 --threads 1'.split(' ');
const network = [...setup, '--no-pretrained'];

const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);

async function bobbin(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runBobbin(words);
  assert.equal(code, 0, `${words.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

before(async () => {
  const amounts = '--images-per-task 24 --questions-per-task 3 --size 64'.split(' ');
  await bobbin('synthesize', '--out', at('photos'), ...amounts, '--tasks', ...tasks);
});

test('when the commands run one after another, then a verified submission answers every question', async () => {
  const questions = (await readFile(at('photos/rank/Tests/question.csv'), 'utf8')).split('\n');
  const [broken = '', brokenTask = ''] = (questions[1] as string).split(',');
  await writeFile(at('photos/rank', broken), 'no image');

  const prepared = await bobbin(
    ...['prepare', at('photos'), '--out', at('data'), '--validation-fraction', '0.3'],
  );
  for (const task of tasks) {
    assert.match(prepared, new RegExp(`^${task} +\\d`, 'm'));
  }

  const data = ['--data', at('data'), '--run', at('run')];
  await bobbin('train', ...data, '--epochs', '1', '--warm-up', '0', ...network, '--hue', '0.1');
  for (const task of tasks) {
    const history = await readFile(at('run', task, 'history.csv'), 'utf8');
    assert.equal(history.trimEnd().split('\n').length, 2);
    await sharp(at('run', task, 'curves.png')).stats();
    await sharp(at('run', task, 'augmentation.jpg')).stats();
  }

  const table = await bobbin('evaluate', ...data);
  for (const task of tasks) {
    const scores = JSON.parse(await readFile(at('run', task, 'evaluation.json'), 'utf8'));
    const row = table.split('\n').find((line) => line.startsWith(`${task} `));
    for (const share of [scores.accuracy, scores.basicPrecision]) {
      const shown = `${(100 * share).toFixed(1)} %`;
      assert.ok(row?.includes(shown), `${row} shows ${shown}`);
    }
    const images = (entries: { images: number }[]) =>
      entries.reduce((sum, each) => sum + each.images, 0);
    assert.equal(images(scores.classScores), scores.images);
    assert.equal(images(scores.confused), scores.mistakes.length);
    await sharp(at('run', task, 'confusion.png')).stats();
    await sharp(at('run', task, 'mistakes.jpg')).stats();
  }

  const predicted = await runBobbin(['predict', ...data, '--out', at('answers')]);
  assert.equal(predicted.code, 0, predicted.stderr);
  assert.match(predicted.stderr, /1 unreadable image, answered with the share of each class/);
  const rows = (await readFile(at('answers/submission.csv'), 'utf8')).trimEnd().split('\n');
  assert.equal(rows.length, 6);
  assert.deepEqual(
    rows.map((row) => row.split(',').slice(0, 2)),
    questions.slice(0, 6).map((row) => row.split(',').slice(0, 2)),
  );
  const { samples } = JSON.parse(await readFile(at('data/manifest.json'), 'utf8'));
  const labels = samples
    .filter((sample: { task: string; split: string }) => {
      return sample.task === brokenTask && sample.split === 'train';
    })
    .map((sample: { label: number }) => sample.label);
  const first = labels.filter((label: number) => label === 0).length / labels.length;
  const row = rows[1]?.split(',')[2]?.split(';').map(Number) as number[];
  assert.ok(Math.abs((row[0] as number) - first) < 1e-6, 'the share of the first class');

  const verify = ['--data', at('data')];
  await bobbin('verify', at('answers/submission.zip'), ...verify);
  const csv = at('answers/submission.csv');
  await writeFile(csv, `${rows.slice(0, 5).join('\n')}\n`);
  const refused = await runBobbin(['verify', csv, ...verify]);
  assert.equal(refused.code, 2);
  assert.match(refused.stdout, /no row for .*question\.csv:6 asks for/);
});

test('when a run is repeated from its config.json, then its losses and its config.json are the same', async () => {
  const task = tasks[0] as string;
  const again = ['--data', at('data'), '--task', task, '--run', at('again')];
  const config = at('run', task, 'config.json');
  await bobbin('train', ...again, '--config', config, '--threads', '1');
  assert.equal(
    await readFile(at('again', task, 'config.json'), 'utf8'),
    await readFile(config, 'utf8'),
  );
  // All columns but those of time.
  const losses = async (run: string) =>
    (await readFile(at(run, task, 'history.csv'), 'utf8'))
      .split('\n')
      .map((line) => line.split(',').slice(0, 6));
  assert.deepEqual(await losses('again'), await losses('run'));
});

test('when a submission is stopped and repeated, then its result equals an uninterrupted one', async () => {
  const begun = { network: 'efficientnet-lite0', size: 32, pretrained: false, seed: 1 } as const;
  const start = await createModel({ ...begun, classes: ['a', 'b'], trainable: 'all' });
  await saveClassifier(start, at('start'));
  const words = (out: string) => [
    ...['submit', '--data', at('photos'), '--out', at(out), '--epochs', '3', ...setup],
    ...['--validation-fraction', '0.3', '--models', '2', '--pretrained', at('start')],
  ];
  const startLine = `\nTraining begins with ${at('start')}, 32 px, new heads for 2 tasks\n`;
  // Its row follows the model's name and the header.
  const firstEpoch = (model: number) =>
    new RegExp(`${tasks[0]} \\(.*, model ${model} of 2\\)\n.*\n +1/3 `);
  let sent = false;
  const stopped = await runBobbin(words('stopped'), {
    watch: (child, stderr) => {
      if (!sent && firstEpoch(2).test(stderr)) {
        sent = child.kill('SIGINT');
      }
    },
  });
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(
    stopped.stderr,
    /bobbin: Stopped with a checkpoint\. Repeat the command to continue\.\n$/,
  );
  assert.equal(stopped.stderr.split(startLine).length, 2, stopped.stderr);
  await assert.rejects(access(at('stopped/submission.zip')));
  const first = at('stopped/runs/model-1', tasks[0] as string);
  const finished = await readFile(path.join(first, 'history.csv'));
  // As if a kill had come after the model was saved.
  const afterModel = ['curves.png', 'augmentation.jpg', 'validation.json', 'questions.json'];
  for (const name of afterModel) {
    await rm(path.join(first, name));
  }

  const continued = await runBobbin(words('stopped'));
  assert.equal(continued.code, 0, continued.stderr);
  assert.match(continued.stdout, /submission\.zip: 6 rows, each answers its question\./);
  const [, patterns = '', report = ''] = continued.stdout.split(/Pictures of each task:|Report:/);
  assert.match(report, /^ .*\/stopped\/report\.html \(\d+\.\d MB; open it in a browser\)\n$/);
  await access(at('stopped/report.html'));
  const pictures = execFileSync('bash', ['-c', `ls ${patterns.trim().split(/\s+/).join(' ')}`]);
  assert.equal(pictures.toString().trimEnd().split('\n').length, 2 * 2 * 2 + 2 * 2);
  assert.ok(!continued.stderr.includes(startLine));
  assert.doesNotMatch(continued.stderr, firstEpoch(1));
  assert.doesNotMatch(continued.stderr, firstEpoch(2));
  for (const name of afterModel) {
    await access(path.join(first, name));
  }
  const kept = await readFile(path.join(first, 'history.csv'));
  assert.deepEqual(kept, finished);

  await bobbin(...words('whole'));
  assert.equal(
    await readFile(at('stopped/submission.csv'), 'utf8'),
    await readFile(at('whole/submission.csv'), 'utf8'),
  );

  const other = await runBobbin([...words('stopped'), '--learning-rate', '0.5']);
  assert.equal(other.code, 1);
  assert.match(other.stderr, /begun with other settings \(learningRate was 0\.02, is 0\.5\)/);
});

test('when a data set asks no question, then predict writes no submission', async () => {
  const manifest = JSON.parse(await readFile(at('data/manifest.json'), 'utf8'));
  await mkdir(at('unasked'));
  await writeFile(at('unasked/manifest.json'), JSON.stringify({ ...manifest, questions: [] }));
  const words = ['predict', '--data', at('unasked'), '--run', at('run'), '--out', at('no-answers')];
  const { code, stderr } = await runBobbin(words);
  assert.equal(code, 1);
  assert.match(stderr, /^bobbin: Expected a data set with questions for --data/m);
  await assert.rejects(access(at('no-answers')));
});
