/** The packed tarball, installed into somebody else's empty project, sets itself up and trains there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** What a stranger would write first: a data set, a loader, a model, one epoch. */
const program = `
import { createLoader, loadManifest, prepare, resolveSample, samplesOf, synthesize, tensors, tf } from 'bobbin';

const task = 'collar_design_labels';
await synthesize('photos', { imagesPerTask: 20, questionsPerTask: 2, tasks: [task], size: 96, seed: 1 });
await prepare('photos', { out: 'data', seed: 1 });
const manifest = await loadManifest('data');
const classes = manifest.tasks[0].classes.length;
const loader = createLoader({
  samples: samplesOf(manifest, task, 'train').map((s) => ({ path: resolveSample(manifest, s.path), label: s.label })),
  preprocessing: { resize: 40, crop: 32, mean: [127, 127, 127], std: [128, 128, 128], channels: 'rgb' },
  batchSize: 4,
});
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [32, 32, 3], filters: 4, kernelSize: 3, activation: 'relu' }),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: classes, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
const { history } = await model.fitDataset(tensors(loader, { classes }), { epochs: 1, verbose: 0 });
await loader.close();
console.log(JSON.stringify({ loss: history.loss[0], backend: tf.getBackend() }));
`;

test('when the packed tarball is installed in an empty project, then an import from it trains', (t) => {
  const project = mkdtempSync(path.join(os.tmpdir(), 'bobbin-package-'));
  t.after(() => rmSync(project, { recursive: true, force: true }));
  const run = (command: string, args: string[], cwd = project) =>
    execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

  run('npm', ['pack', '--silent', '--pack-destination', project], root);
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) as string;
  writeFileSync(
    path.join(project, 'package.json'),
    '{"name":"someone","private":true,"type":"module"}',
  );
  run('npm', [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--silent',
    `./${tarball}`,
  ]);
  run('npx', ['bobbin', 'setup']);
  writeFileSync(path.join(project, 'train.mjs'), program);
  const line = run(process.execPath, ['train.mjs']).trim().split('\n').at(-1) as string;
  const { loss, backend } = JSON.parse(line) as { loss: number; backend: string };
  assert.equal(backend, 'tensorflow');
  assert.ok(Number.isFinite(loss) && loss > 0, `loss ${loss}`);
});
