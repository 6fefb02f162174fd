/** `bobbin evaluate` on runs of untrained classifiers: its tables, its files and its refusals. */
import assert from 'node:assert/strict';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import sharp from 'sharp';
import { classScoreTable, scoreTable } from '../../src/cli/tables/scores.js';
import { loadManifest, type Manifest, type Sample } from '../../src/dataset/index.js';
import {
  type Evaluation,
  evaluate,
  meansOf,
  saveEvaluation,
  score,
  type TaskResamples,
} from '../../src/evaluation/index.js';
import { createModel, loadClassifier, saveClassifier } from '../../src/model/index.js';
import { drawEvaluation } from '../../src/report/index.js';
import { displayWidth } from '../../src/width.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { runBobbin } from '../support/run-bobbin.js';

const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);
const runs = ['--run', at('a'), '--run', at('b')];

before(async () => {
  await drawPhotos(at('data'), { training: 1, validation: 4 });
  for (const [seed, run] of ['a', 'b'].entries()) {
    const options = { network: 'mobilenet-v2', pretrained: false, size: 32 } as const;
    const classes = ['red', 'green', 'blue'];
    const classifier = await createModel({ ...options, classes, trainable: 'head', seed });
    await saveClassifier({ ...classifier, task: 'colour' }, at(run, 'colour', 'model'));
    classifier.model.dispose();
  }
});

const run = (...words: string[]) => runBobbin(['evaluate', '--data', at('data'), ...words]);
const written = ['classes.csv', 'confusion.png', 'evaluation.json', 'mistakes.jpg'];

test('when one run is evaluated, then its folder has the files, and the table has a row for each class', async () => {
  const { code, stdout, stderr } = await run('--run', at('a'));
  assert.equal(code, 0, stderr);
  assert.deepEqual((await readdir(at('a/colour'))).sort(), [...written, 'model'].sort());
  const place = `Written to ${at('a/colour')}: evaluation.json, classes.csv, confusion.png, mistakes.jpg`;
  const lines = stdout.split('\n');
  assert.ok(lines.includes(place), stdout);
  const widest = Math.max(...lines.filter((line) => line !== place).map(displayWidth));
  assert.ok(widest <= 80, stdout);
  const { classScores, macro } = JSON.parse(await readFile(at('a/colour/evaluation.json'), 'utf8'));
  const shown = (share?: number) => share?.toFixed(3) ?? '–';
  for (const { name, images, predicted, precision, recall, f1 } of classScores) {
    const cells = [name, images, predicted, ...[precision, recall, f1].map(shown)];
    assert.match(stdout, new RegExp(`^${cells.join(' +')}$`, 'm'));
  }
  assert.match(stdout, new RegExp(`^macro mean .* ${shown(macro.f1)}$`, 'm'));
  const csv = await readFile(at('a/colour/classes.csv'), 'utf8');
  assert.match(csv, /^class,images,predicted,right,precision,recall,f1\nred,4,/);
  assert.equal((await sharp(at('a/colour/mistakes.jpg')).metadata()).format, 'jpeg');
});

test('when some images cannot be read, then the last line says of how many the scores are', async (t) => {
  const photos = ['0-1.jpg', '1-2.jpg'].map((name) => at('data', name));
  for (const photo of photos) {
    await rename(photo, `${photo}.away`);
    t.after(() => rename(`${photo}.away`, photo));
  }
  const { code, stderr } = await run('--run', at('a'), '--out', at('partial'));
  assert.equal(code, 0, stderr);
  const last = '! 2 of 12 images of colour could not be read: its scores are of 10';
  assert.equal(stderr.trimEnd().split('\n').at(-1), last);
});

test('when several runs are evaluated, then the scores are those of their weighted mean, in the folder --out', async () => {
  const words = [...runs, '--weights', '3,1', '--predictions', '--out', at('scores')];
  const { code, stderr } = await run(...words);
  assert.equal(code, 0, stderr);
  const names = [...written, 'predictions.csv'].sort();
  assert.deepEqual((await readdir(at('scores/colour'))).sort(), names);
  const classifiers = [await loadClassifier(at('a')), await loadClassifier(at('b'))];
  const manifest = await loadManifest(at('data'));
  const wanted = await evaluate({ classifiers, weights: [3, 1], manifest, task: 'colour' });
  const found = JSON.parse(await readFile(at('scores/colour/evaluation.json'), 'utf8'));
  assert.deepEqual(found, JSON.parse(JSON.stringify(wanted)));
  await checkScore(found);
});

/** The command `score` needs the predictions alone, and has the scores and intervals of `evaluate`. */
async function checkScore(evaluated: Evaluation): Promise<void> {
  const predictions = at('scores/colour/predictions.csv');
  const { code, stdout, stderr } = await runBobbin([
    ...['score', predictions, '--calibrate', '--out', at('again')],
  ]);
  assert.equal(code, 0, stderr);
  const widest = Math.max(
    ...stdout
      .split('\n')
      .filter((line) => !line.startsWith('Written'))
      .map(displayWidth),
  );
  assert.ok(widest <= 80, stdout);
  assert.match(stdout, new RegExp(`^accuracy +${evaluated.accuracy.toFixed(4)} +0\\.\\d+ … `, 'm'));
  const {
    tasks: [scored],
  } = JSON.parse(await readFile(at('again/scores.json'), 'utf8'));
  for (const name of ['accuracy', 'logLoss', 'averagePrecision', 'brierScore'] as const) {
    const pairs = [
      [scored[name], evaluated[name]],
      ...[0, 1].map((end) => [scored.intervals[name][end], evaluated.intervals?.[name]?.[end]]),
    ];
    for (const [one, other] of pairs) {
      assert.ok(Math.abs(one - (other as number)) < 1e-6, `${name}: ${one} is not ${other}`);
    }
  }
}

test('when a task has any number of labels, then its tables have mAP and thresholds, within 80 columns, and classes.csv, too', async () => {
  const classes = Array.from({ length: 32 }, (_, index) => `${'long name '.repeat(4)}${index}`);
  const task = { name: 'tags', classes, labels: 'any' as const };
  const samples = classes.map((_, label): Sample => {
    const labels = [label, 31].filter((each, at) => at === 0 || each !== label);
    return { path: 'x', task: 'tags', label: -1, labels, maybe: [], split: 'train', hash: '' };
  });
  const manifest: Manifest = {
    version: 1,
    root: '/',
    seed: 1,
    tasks: [task],
    samples,
    questions: [],
  };
  const probabilities = Float32Array.from({ length: 32 * 32 }, (_, at) =>
    at % 33 === 0 ? 0.9 : 0.25,
  );
  const found: TaskResamples[] = [];
  const scored = score({
    ...{ manifest, task, split: 'train', samples, probabilities, failures: [] },
    onResampled: (each) => found.push(each),
  });
  const [resampled] = found as [TaskResamples];
  const tables = `${scoreTable([scored, scored], meansOf([resampled, resampled]))}\n${classScoreTable(scored)}`;
  assert.match(tables, /^tags +32 +1\.000 +0\.674 +0\.971 +3\.1 % +3\.1 %$/m);
  assert.match(tables, /^mean +64 +1\.000 +0\.674 +0\.971 +3\.1 % +3\.1 %$/m);
  assert.match(tables, /^95 % intervals +mAP +micro F1 +macro F1 +log loss +ECE$/m);
  assert.match(
    tables,
    /^mean +1\.000 … 1\.000 +0\.\d{3} … 0\.\d{3} +0\.\d{3} … 0\.\d{3} +0\.\d{3} +0\.\d{3}$/m,
  );
  assert.match(
    tables,
    /^long name lon… long name 31 +32 +1\.000 +0\.031 +0\.061 +1\.000 +0\.500$/m,
  );
  const widest = Math.max(...tables.split('\n').map(displayWidth));
  assert.ok(widest <= 80, `${widest}: ${tables}`);
  await saveEvaluation(scored, at('tags'));
  const csv = await readFile(at('tags/classes.csv'), 'utf8');
  assert.match(
    csv,
    /^class,.*,f1,average_precision,threshold\n.*,1,1,1,1\.0+,1\.0+,1\.0+,1\.0+,0\.50+\n/,
  );
  assert.deepEqual(await drawEvaluation(scored, at('tags')), ['mistakes.jpg']);
});

test('when several runs have no folder for their scores, or other weights than runs, then that is said', async () => {
  const missing = await run(...runs);
  assert.equal(missing.code, 1);
  assert.match(
    missing.stderr,
    /^bobbin: Missing a folder for --out\. The scores of several runs belong to none of them: for example --out scores$/m,
  );
  const { stderr } = await run('--run', at('a'), '--weights', '1,2');
  assert.match(stderr, /^bobbin: Expected 1 number for --weights but received 2$/m);
});

test('when a label of predictions is suspected, then suspects writes a table and a sheet, and names a file that is not there', async () => {
  const { samples } = await loadManifest(at('data'));
  // One is labelled as red, and seems to be green.
  const rows = samples.map(({ path: name, label }, index) => {
    const top = index === 2 ? 1 : label;
    const shares = [0, 1, 2].map((each) => (each === top ? 0.8 : 0.1));
    return [name, '', 'colour', '', ['red', 'green', 'blue'][label], ...shares].join(',');
  });
  const header = 'path,offset,task,fold,label,p_red,p_green,p_blue';
  await writeFile(at('predictions.csv'), [header, ...rows, ''].join('\n'));
  const suspects = (file: string) =>
    runBobbin(['suspects', file, '--data', at('data'), '--out', at('doubt')]);
  const { code, stdout, stderr } = await suspects(at('predictions.csv'));
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^colour +15 +1 +6\.7 %$/m);
  const name = samples.at(2)?.path;
  assert.equal(
    await readFile(at('doubt/colour/suspects.csv'), 'utf8'),
    `path,offset,task,label,suggestion,score\n${name},,colour,red,green,0.150000\n`,
  );
  assert.equal((await sharp(at('doubt/colour/suspects.jpg')).metadata()).format, 'jpeg');
  const absent = await suspects(at('none.csv'));
  assert.equal(absent.code, 1);
  assert.match(absent.stderr, /an existing file for predictions but received ".*none\.csv"/);
});

test('when two workers evaluate and predict, then they write the files of one process, and worker 1 says its share', async () => {
  const commands = {
    evaluate: ['--data', at('data'), '--predictions', '--batch-size', '5', '--out'],
    // manifest.json stands for a damaged image.
    predict: [at('data', '0-1.jpg'), at('data', 'manifest.json'), '--batch-size', '1', '--out'],
  };
  const both = Object.entries(commands).map(async ([name, words]) => {
    const all = (out: string) => [name, '--run', at('a'), ...words, at(out, `${name}.csv`)];
    const launch = ['launch', '--workers', '2', '--log-folder', at(`${name}-logs`), '--'];
    const ended = await Promise.all([
      runBobbin(all('alone')),
      runBobbin([...launch, ...all('shared')]),
    ]);
    const [alone, shared] = ended.map(({ code }) => code);
    assert.equal(alone, shared, ended[1].stderr);
    assert.equal(shared, name === 'predict' ? 1 : 0, ended[1].stderr);
    return await readFile(at(`${name}-logs`, 'worker-1.log'), 'utf8');
  });
  const [evaluating, predicting] = await Promise.all(both);
  const files = (await readdir(at('alone'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(at('alone'), path.join(parentPath, name)));
  assert.equal(files.length, 6, `${files}`);
  for (const file of files) {
    assert.deepEqual(await readFile(at('shared', file)), await readFile(at('alone', file)), file);
  }
  // Of batches of 5, 5 and 2.
  const share = (computed: number, all: number) =>
    `\nworker 1 of 2 computed ${computed} of ${all} images; worker 0 has written the result\n`;
  assert.ok(evaluating?.includes(share(5, 12)), evaluating);
  assert.ok(predicting?.includes(share(1, 2)), predicting);
});
