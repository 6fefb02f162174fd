/** `bobbin train`: the folders of runs, what it says at the end, and what it refuses. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { chosenGroups, trainingFolders } from '../../src/cli/runs.js';
import { type Manifest, saveManifest } from '../../src/dataset/index.js';
import { readHistory } from '../../src/training/index.js';
import { saveLayers, tinyLayers } from '../model/networks/imported.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { runBobbin } from '../support/run-bobbin.js';

const folder = temporaryFolder();
const at = (...parts: string[]) => path.join(folder, ...parts);
const runs = at('my runs');
const run = at('my runs', 'colour');
let manifest: Manifest;

const train = (data: string, where: string, ...words: string[]) =>
  runBobbin(['train', '--data', at(data), '--run', where, ...words]);
const network = '--model mobilenet-v2 --no-pretrained --size 32 --trainable head'.split(' ');
/** The best epoch is the first one: no step changes a weight. */
const still = [...network, '--learning-rate', '0', '--batch-size', '64'];
const logs = ['--log', 'json-lines,tensorboard'];
/** What follows a score, with commands that a shell takes as they are. */
const use = [
  `  \`npx bobbin predict --run '${run}' PHOTO\``,
  `  \`npx bobbin predict --run '${run}' --epoch best PHOTO\``,
  `  Pictures in ${run}: curves.png, augmentation.jpg`,
];
const scores = `Scores and mistakes: \`npx bobbin evaluate --data ${at('data')} --run '${runs}'\``;

before(async () => {
  manifest = await drawPhotos(at('data'));
  const tasks: Manifest['tasks'] = [{ name: 'hue', classes: ['red', 'green', 'blue'] }];
  const samples = manifest.samples.map((sample) => ({ ...sample, task: 'hue' }));
  await saveManifest({ ...manifest, tasks, samples }, at('renamed'));
  const { stdout, stderr, code } = await train('data', runs, ...still, '--epochs', '2', ...logs);
  assert.equal(code, 0, stderr);
  const score = /colour: validation accuracy (\d+\.\d %) after epoch 2, best \1 after epoch 1\n/;
  assert.match(stdout, score);
  assert.ok(stdout.includes(`\n${[...use, ''].join('\n')}`), stdout);
  assert.ok(stdout.endsWith(`\n${scores}\n`), stdout);
  assert.match(
    stderr,
    /^! An epoch of task colour is one step: a batch \(64\) exceeds its 24 images\.$/m,
  );
  assert.match(stderr, /^! The learning rate is 0: no step changes the weights of task colour\.$/m);
});

test('when a run has logs, then they are in its folder, and another name is refused', async () => {
  const lines = (await readFile(path.join(run, 'log.jsonl'), 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).moment),
    ['begin', 'step', 'epoch', 'step', 'epoch', 'end'],
  );
  assert.match(`${await readdir(path.join(run, 'events'))}`, /^events\.out\.tfevents\.[^,]+$/);
  const { stderr, code } = await train('data', runs, '--log', 'json');
  assert.equal(code, 1);
  assert.match(stderr, /Expected words of json-lines, tensorboard for --log but received "json"/);
});

test('when a finished run is resumed, then it says that nothing was left to do, and draws nothing again', async () => {
  const drawn = async () => (await stat(path.join(run, 'curves.png'))).mtimeMs;
  const earlier = await drawn();
  const { stdout, stderr } = await train('data', runs, ...still, '--epochs', '2', '--resume');
  const [first, , ...commands] = stdout.trimEnd().split('\n');
  assert.equal(first, 'colour: nothing was left to do; --epochs N trains longer', stderr);
  assert.deepEqual(commands, [...use, scores]);
  assert.equal(await drawn(), earlier);
});

test('when a run is resumed without its options, then it keeps them, also its epochs', async () => {
  const { code, stdout, stderr } = await train('data', runs, '--resume');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^colour: nothing was left to do; /);
  const other = await train('data', runs, '--resume', '--batch-size', '8');
  assert.match(other.stderr, /begun with other settings \(batchSize was 64, is 8\)/);
});

test('when a run is tried, then its phases are printed and no folder is written', async () => {
  const words = ['--recipe', 'quick', '--freeze-epochs', '0', ...network, '--dry-run'];
  const { code, stdout, stderr } = await train('data', at('tried'), ...words);
  assert.equal(code, 0, stderr);
  const [task, phase, whole, memory] = stdout.split('\n');
  assert.equal(task, 'colour: 24 images to train on, 9 to validate');
  assert.match(
    `${phase}`,
    /^ {2}Epochs 1 to 4: batch 24×32×32×3, features 24×1280, logits 24×3; trains 3,843 of 2,\d+,\d+ weights; about \S+ images\/s, \d+:\d\d an epoch$/,
  );
  assert.match(`${whole}`, /^ {2}The run of 4 epochs takes about \d+:\d\d\.$/);
  assert.match(`${memory}`, /^At most \d+ MB of memory were in use\. Nothing was written\.$/);
  assert.ok(!existsSync(at('tried')));
});

test('when --run is the run of the task itself, then it is resumed there, with more epochs', async () => {
  const { stdout, stderr } = await train('data', run, ...still, '--epochs', '3', '--resume');
  assert.match(
    stdout,
    /^colour: validation accuracy .* after epoch 3, best .* after epoch 1\n/,
    stderr,
  );
  assert.ok(stderr.includes(`! ${run} had 2 epochs: the rest now follows the schedule of 3.\n`));
  const history = await readFile(path.join(run, 'history.csv'), 'utf8');
  assert.equal(history.trimEnd().split('\n').length, 4);
});

test('when a run cannot be begun or resumed as asked, then one line says why and the way out', async () => {
  const renamed = 'prepare the data with --name colour, or ';
  const refusals: [string[], string][] = [
    [
      ['data', runs, ...still],
      `Expected a folder without a run for run but received "${run}". It already has a run: continue it with --resume (in a program \`resume: true\`), or name another folder`,
    ],
    [
      ['renamed', runs, ...still, '--resume'],
      `Expected a run of task hue to resume for --run but received "${runs}". It has the runs of other tasks, colour: ${renamed}begin without --resume`,
    ],
    [
      ['renamed', run, ...still],
      `Expected a folder for the run of task hue for --run but received "${run}". It is the run of task colour: ${renamed}name another folder`,
    ],
    [
      ['data', at('new'), '--model', 'resnet50-v2'],
      "Expected the path of a weights file or a run, or false, for pretrained but received true. No package carries ImageNet weights of resnet50-v2: name a file (a torch checkpoint (.pth), a tfjs model.json, safetensors, Keras's HDF5 (.h5, .weights.h5)) with --pretrained FILE, or begin with random weights by --no-pretrained (in a program `pretrained` is that file, or false)",
    ],
    [
      ['data', at('new'), '--pretrained', at('nowhere')],
      `Expected an existing run or weights file for pretrained but received "${at('nowhere')}"`,
    ],
  ];
  for (const [[data, where, ...words], message] of refusals) {
    const { code, stderr } = await train(data as string, where as string, ...words);
    assert.equal(code, 1);
    assert.ok(stderr.endsWith(`bobbin: ${message}\n`), stderr);
  }
  assert.ok(!existsSync(at('new')), 'no empty folder stays');
});

test('when --pretrained is a run, then its network is taken; flags win over --config, and that over the recipe', async () => {
  const [recipe, config] = [at('recipe.json'), at('own.json')];
  await writeFile(recipe, '{ "epochs": 7, "trainable": "all", "augmentation": { "hue": 0.1 } }');
  await writeFile(config, '{ "epochs": 9, "trainable": "head" }');
  const files = ['--recipe', recipe, '--config', config];
  const words = ['--pretrained', path.relative('.', run), '--epochs', '1', ...files];
  const { code, stdout, stderr } = await train('renamed', at('tuned'), ...words);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^hue: validation accuracy \d+\.\d % after epoch 1, the best\n/);
  const line = `hue: begins with ${path.relative('.', run)} (epoch 3; the best, 1, is ${path.relative('.', run)}/best), 32 px, with its head`;
  assert.ok(stderr.split('\n').includes(line), stderr);
  const written = (await readFile(at('tuned', 'hue', 'config.json'), 'utf8')).split('\n');
  const notes = [
    '// From flags: model.pretrained, epochs',
    `// From --config ${config}: trainable`,
    `// From recipe ${recipe}: augmentation.hue`,
    '// All other options have their defaults',
  ];
  assert.deepEqual(written.slice(0, 4), notes);
  const { model } = JSON.parse(written.slice(4).join('\n'));
  assert.deepEqual(model, { network: 'mobilenet-v2', size: 32, pretrained: run });
});

test('when two workers begin with the network of a run, then they train it as one process does', async () => {
  const own = ['--pretrained', run, '--epochs', '1', '--batch-size', '12', '--trainable', 'head'];
  const words = (out: string) => ['train', '--data', at('renamed'), '--run', at(out), ...own];
  const launch = ['launch', '--workers', '2', '--log-folder', at('begun-logs'), '--'];
  const [alone, both] = await Promise.all([
    runBobbin(words('begun')),
    runBobbin([...launch, ...words('begun-by-two')]),
  ]);
  assert.deepEqual([alone.code, both.code], [0, 0], both.stderr);
  const [found, expected] = await Promise.all(
    ['begun-by-two', 'begun'].map(async (out) => (await readHistory(at(out, 'hue')))[0]),
  );
  // Two classes of an untrained head are often equal but for rounding, and the top one decides the accuracy.
  for (const name of ['loss', 'validationLoss'] as const) {
    const [one, other] = [found?.[name] as number, expected?.[name] as number];
    assert.ok(Math.abs(one - other) < 1e-4, `${name} ${one}, of one process ${other}`);
  }
});

test('when a task has a recipe of its own, then its options replace those of the flags', async () => {
  await mkdir(at('recipes'));
  await writeFile(at('recipes', 'hue.json'), '{ "augmentation": { "crop": "random" } }');
  const words = ['--recipes', at('recipes'), '--crop', 'center', '--epochs', '1'];
  const { code, stderr } = await train('renamed', at('own'), ...still, ...words);
  assert.equal(code, 0, stderr);
  const { augmentation, epochs } = JSON.parse(
    await readFile(at('own', 'hue', 'config.json'), 'utf8'),
  );
  assert.deepEqual([augmentation.crop, epochs], ['random', 1]);
});

test('when a run is evaluated, then it says of which epoch the weights are, and which one was the best', async () => {
  const words = ['--data', at('data'), '--run', run, '--out', at('scores')];
  const { code, stdout, stderr } = await runBobbin(['evaluate', ...words]);
  assert.equal(code, 0, stderr);
  const line = `Weights of ${run}: epoch 3 (last); the best in training: epoch 1 (--epoch best)`;
  assert.ok(stdout.split('\n').includes(line), stdout);
  const scores = await readFile(at('scores', 'colour', 'evaluation.json'), 'utf8');
  assert.equal(JSON.parse(scores).epoch, 3);
});

test('when processes train all folds, then each run is that of its fold alone, and a call with other options is refused', async () => {
  const samples = [...manifest.samples].map((sample, place) => ({ ...sample, fold: place % 2 }));
  await saveManifest({ ...manifest, root: at('data'), samples, folds: 2 }, at('folded'));
  const model = tinyLayers();
  await saveLayers(at('net'), model);
  model.dispose();
  const options = ['--model', at('net'), '--epochs', '1', '--batch-size', '8'];
  const all = [...options, '--all-folds', '--workers', '2'];
  const whole = ['--compute-threads', '1'];
  const { code, stdout, stderr } = await train('folded', at('folds'), ...all, ...whole);
  assert.equal(code, 0, stderr);
  for (const fold of [0, 1]) {
    assert.match(stderr, new RegExp(`^fold-${fold}/colour: validation accuracy .* epoch 1$`, 'm'));
  }
  const [first, second] = [0, 1].map((fold) => at('folds', `fold-${fold}`));
  const runs = `--run ${first} --run ${second}`;
  assert.ok(stdout.endsWith(`evaluate --data ${at('folded')} ${runs}\`\n`), stdout);
  await train('folded', at('fold'), ...options, ...whole, '--fold', '1');
  // The files have the hash of the weights in their names.
  const [own, alone] = await Promise.all(
    [second, at('fold')].map((each) => readdir(path.join(`${each}`, 'colour', 'model'))),
  );
  assert.equal(own?.length, 2);
  assert.deepEqual(own, alone);
  // The threads are kept.
  const other = await train('folded', at('folds'), ...all, '--learning-rate', '0.5');
  assert.match(other.stderr, /begun with other settings \(learningRate was 0.02, is 0.5\)/);
  const taken = await train('folded', at('fold'), ...options, '--workers', '1');
  assert.match(taken.stderr, /Expected runs that --workers or --all-folds began for --run/);
});

test('when tasks are grouped, then each group has a folder, and groups that cannot be are refused', async () => {
  const tasks = ['a', 'b', 'c', 'd'].map((name) => ({ name, classes: ['x', 'y'] }));
  const several = { ...manifest, tasks: tasks as Manifest['tasks'] };
  const folders = async (together: string | true) =>
    (await trainingFolders({ run: '/none' }, several, chosenGroups(several, { together }))).map(
      (each) => [each.tasks.join(), path.basename(each.folder)],
    );
  assert.deepEqual(await folders(true), [['a,b,c,d', 'together']]);
  assert.deepEqual(await folders('b, a; c'), [
    ['b,a', 'together'],
    ['c', 'c'],
  ]);
  assert.deepEqual(await folders('a,b;c,d'), [
    ['a,b', 'together-1'],
    ['c,d', 'together-2'],
  ]);
  const refused = (flags: Parameters<typeof chosenGroups>[1], message: RegExp) =>
    assert.throws(() => chosenGroups(several, flags), message);
  refused({ together: 'a,e' }, /Expected names of a, b, c, d for --together but received "e"/);
  refused({ together: 'a;a' }, /The task a of --together was given twice/);
  refused({ together: true, task: 'a' }, /--task cannot be combined with --together/);
  const other = chosenGroups(several, { together: 'a,b' });
  await assert.rejects(
    trainingFolders({ run }, several, other),
    /Expected a folder for the run of tasks a, b for --run but received .* It is the run of task colour: name another folder/,
  );
});
