/** Ensembles of several networks: their means, the choice of their weights, and the folder that stands for them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import { createProgram } from '../../src/cli/program.js';
import { saveManifest } from '../../src/dataset/index.js';
import {
  chooseEnsemble,
  evaluate,
  fitTemperature,
  type MetricName,
  type SelectRequest,
  selectEnsemble,
} from '../../src/evaluation/index.js';
import { type Classifier, saveClassifier } from '../../src/model/index.js';
import { loadEnsemble, type MeanName, predict, saveEnsemble } from '../../src/prediction/index.js';
import { addShare, means } from '../../src/prediction/mean.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { runBobbin } from '../support/run-bobbin.js';
import { plantedClassifier } from '../support/small-classifier.js';

const root = temporaryFolder();
const at = (...parts: string[]) => path.join(root, ...parts);

/** The first two each confuse one colour, which their mean does not; the third is always wrong. */
const nets: Record<string, Classifier> = {
  'no-blue': plantedClassifier([1, 1, 0], [0, 0, -1]),
  'no-green': plantedClassifier([1, 0, 1], [0, -1, 0]),
  bad: plantedClassifier([-1, -1, -1], [0, 0, 0]),
};
const runs = Object.keys(nets).map((name) => at('runs', name));
const manifest = await drawPhotos(at('data'));
const files = manifest.samples
  .filter(({ split }) => split === 'validation')
  .map((sample) => path.join(at('data'), sample.path));

before(async () => {
  for (const [name, classifier] of Object.entries(nets)) {
    await saveClassifier(classifier, at('runs', name, 'model'));
  }
});

/** Written by make_ensembles.py from the formulas. */
const golden = JSON.parse(
  readFileSync(new URL('../fixtures/ensembles/ensembles.json', import.meta.url), 'utf8'),
);
type Kind = 'one' | 'any';
const kinds = ['one', 'any'] as const;
const predictionsOf = (kind: Kind): Float32Array[] =>
  golden[kind].map((each: number[]) => Float32Array.from(each));
const truthOf = (kind: Kind) =>
  kind === 'any' ? { labels: golden.sets } : { labels: golden.labels, maybe: golden.maybe };

function near(found: number, wanted: number, tolerance = 1e-6): void {
  assert.ok(
    Math.abs(found - wanted) <= tolerance,
    `${found} is not within ${tolerance} of ${wanted}`,
  );
}

for (const kind of kinds) {
  test(`when the geometric mean is taken of ${kind} label, then it is the formula's, with zeros too`, () => {
    const heads = [{ labels: kind, from: 0, to: 3 }];
    let sum: Float32Array | undefined;
    for (const [index, each] of predictionsOf(kind).entries()) {
      sum = addShare(sum, means.geometric.terms(each, heads), golden.shares[index]);
    }
    const found = means.geometric.probabilities(sum as Float32Array, heads);
    for (const [index, wanted] of golden.geometric[kind].entries()) {
      near(found[index] as number, wanted);
    }
  });

  test(`when a temperature is fitted to ${kind} label, then it is that of the least log loss`, () => {
    for (const [index, each] of predictionsOf(kind).entries()) {
      near(fitTemperature(each, truthOf(kind)), golden.temperatures[kind][index], 1e-4);
    }
  });
}

test('when weights are selected, then members, scores and weights are those of the algorithm', () => {
  type Golden = { kind: Kind; mean: MeanName; metric: MetricName; weights: number[] };
  type Scores = { alone: number[]; steps: { candidate: number; score: number }[] };
  for (const { kind, mean, metric, weights, alone, steps } of golden.selections as (Golden &
    Scores)[]) {
    const predictions = predictionsOf(kind);
    const { rounds } = golden;
    const found = selectEnsemble({ ...truthOf(kind), predictions, metric, mean, rounds });
    const name = `${kind} ${mean} ${metric}`;
    assert.deepEqual(
      found.steps.map(({ candidate }) => candidate),
      steps.map(({ candidate }) => candidate),
      name,
    );
    for (const [index, { score }] of steps.entries()) {
      near(found.steps[index]?.score as number, score);
    }
    for (const [index, weight] of weights.entries()) {
      near(found.weights[index] as number, weight);
      near(found.alone[index] as number, alone[index] as number);
    }
    assert.equal(found.score, found.steps.at(-1)?.score);
  }
});

test('when predictions, labels and metric do not fit, then the error says which', () => {
  const given: SelectRequest = {
    predictions: [Float32Array.of(0.5, 0.5, 1, 0)],
    labels: [0, 1],
    metric: 'accuracy',
  };
  const wrong: [Partial<SelectRequest>, RegExp][] = [
    [{ predictions: [] }, /Missing the predictions of one candidate or more for predictions/],
    [{ labels: [] }, /Missing one image or more for labels/],
    [{ labels: [0, 2] }, /a class from 0 to 1 for labels\[1\] but received 2/],
    [{ labels: [[0], 1] as never }, /a list of classes from 0 to 1 for labels\[1\]/],
    [{ labels: [[0], [1]] }, /Missing a value for accuracy/],
    [{ labels: [0, 1, 1] }, /3 rows of one length for predictions\[0\] but received "4 numbers"/],
    [{ maybe: [[1]] }, /2 for the number of maybe rows but received 1/],
    [{ maybe: [[0], [0]], metric: 'basic-precision' }, /Missing a value for basic-precision/],
    [
      { predictions: [Float32Array.of(1, 0, Number.NaN, 0)] },
      /finite numbers for predictions\[0\]/,
    ],
  ];
  for (const [change, message] of wrong) {
    assert.throws(() => selectEnsemble({ ...given, ...change }), {
      name: 'InvalidInputError',
      message,
    });
  }
});

/** Runs a command without a process of its own. */
async function inProcess(...words: string[]): Promise<void> {
  const program = await createProgram(words);
  await program.parseAsync(words, { from: 'user' });
}

test('when runs are chosen, then the command shows each, and evaluate and predict take the folder', async () => {
  const out = at('ensemble');
  const words = ['ensemble', ...runs, '--data', at('data'), '--out', out, '--temperatures'];
  const { code, stdout, stderr } = await runBobbin([...words, '--mean', 'geometric']);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /colour: accuracy on 9 images/);
  assert.match(
    stdout,
    /no-blue +0\.6667 +\d\.\d\d +0\.500\n.*no-green +0\.6667 +\d\.\d\d +0\.500\n.*bad +0\.0000 +20\.00 +0\.000/,
  );
  assert.match(stdout, /\n1 +\S+no-blue +0\.6667\n2 +\S+no-green +1\.0000\n/);
  assert.match(stdout, /score it on another split or fold/);
  const record = JSON.parse(await readFile(path.join(out, 'ensemble.json'), 'utf8'));
  assert.equal(record.tasks[0].members[1].run, '../runs/no-green');
  using loaded = await loadEnsemble(out);
  assert.deepEqual([loaded.weights, loaded.mean], [[0.5, 0.5], 'geometric']);
  const { accuracy } = await evaluate({ ...loaded, manifest, task: 'colour' });
  assert.equal(accuracy, 1);
  const alone = await predict({ ...loaded, files });
  const rows = at('rows.json');
  await inProcess('predict', '--run', out, ...files, '--out', rows);
  const [first] = JSON.parse(await readFile(rows, 'utf8'));
  near(first.probability, alone.probabilities[0] as number, 1e-4);
  await inProcess('evaluate', '--run', out, '--data', at('data'));
  const saved = JSON.parse(await readFile(path.join(out, 'evaluation.json'), 'utf8'));
  assert.equal(saved.accuracy, 1);
});

test('when networks answer together, then the geometric mean and temperatures are those of each alone', async () => {
  const classifiers = Object.values(nets);
  const alone = await Promise.all(classifiers.map((each) => predict({ classifier: each, files })));
  const [weights, temperatures] = [
    [2, 1, 1],
    [1, 0.5, 4],
  ];
  const found = await predict({ classifiers, weights, temperatures, mean: 'geometric', files });
  for (let row = 0; row < found.probabilities.length; row += 3) {
    const powers = [0, 1, 2].map((column) =>
      alone.reduce((product, { probabilities }, index) => {
        const tempered = [0, 1, 2].map(
          (each) =>
            (probabilities[row + each] as number) ** (1 / (temperatures?.[index] as number)),
        );
        const sum = tempered.reduce((total, value) => total + value, 0);
        return product * ((tempered[column] as number) / sum) ** ((weights?.[index] as number) / 4);
      }, 1),
    );
    const sum = powers.reduce((total, value) => total + value, 0);
    for (const column of [0, 1, 2]) {
      near(found.probabilities[row + column] as number, (powers[column] as number) / sum);
    }
  }
});

test('when each run held back a fold, then a folder of them is one candidate, scored out of fold', async () => {
  const folded = {
    ...manifest,
    root: at('data'),
    folds: 2,
    samples: manifest.samples.map((sample, index) => ({ ...sample, fold: index % 2 })),
  };
  await saveManifest(folded, at('folded'));
  for (const [name, classifier] of Object.entries(nets)) {
    for (const fold of [0, 1]) {
      await saveClassifier({ ...classifier, fold }, at('folds', name, `fold-${fold}`, 'model'));
    }
  }
  const candidates = ['no-blue', 'no-green'].map((name) => at('folds', name));
  const request = { manifest: folded, task: 'colour' };
  const { chosen, members } = await chooseEnsemble({ ...request, runs: candidates });
  assert.deepEqual([chosen.images, chosen.score], [33, 1]);
  assert.deepEqual(
    members.map(({ run, weight }) => [path.relative(at('folds'), run), weight]),
    ['no-blue', 'no-green'].flatMap((name) => [0, 1].map((fold) => [`${name}/fold-${fold}`, 0.25])),
  );
  const other = [at('folds', 'no-blue'), at('folds', 'no-green', 'fold-1')];
  await assert.rejects(chooseEnsemble({ ...request, runs: other }), {
    message:
      /runs that held back the images of .*no-blue for runs but received .*fold-1.*the same folds/,
  });
  await saveEnsemble(
    { epoch: 'last', mean: 'arithmetic', tasks: [{ task: 'colour', members }] },
    at('of-folds'),
  );
  using loaded = await loadEnsemble(at('of-folds'));
  const { images, accuracy } = await evaluate({ ...loaded, ...request });
  assert.deepEqual([images, accuracy], [33, 1]);
});

test('when an ensemble is named wrongly or was changed, then the error says how to go on', async () => {
  const out = at('ensemble');
  const [first] = runs as [string];
  const cases: [string[], RegExp][] = [
    [['--run', out, '--run', first], /an ensemble, cannot be combined with another --run/],
    [
      ['--run', out, '--mean', 'arithmetic'],
      /cannot be combined with --mean arithmetic\. It has its own/,
    ],
    [['--run', out, '--epoch', 'best'], /cannot be combined with --epoch best/],
  ];
  for (const [words, message] of cases) {
    await assert.rejects(inProcess('predict', ...words, ...files), { message });
  }
  await assert.rejects(
    loadEnsemble(first),
    /Missing ensemble\.json for .*no-blue\. `loadClassifier`/,
  );
  await assert.rejects(
    loadEnsemble(out, { task: 'size' }),
    /one of colour for task but received "size"/,
  );
  await assert.rejects(saveEnsemble({} as never, at('new')), /an epoch, a mean, .* for record/);
  await assert.rejects(
    chooseEnsemble({ runs, manifest, task: 'colour', metric: 'auc' as never }),
    /one of accuracy, .* for metric/,
  );
  const twice = chooseEnsemble({ runs: [first, first], manifest, task: 'colour' });
  await assert.rejects(twice, /The run .*no-blue was given twice/);
  await rename(at('runs'), at('moved'));
  await assert.rejects(
    loadEnsemble(out),
    /an existing folder for a run of the ensemble but received/,
  );
  await rename(at('moved'), at('runs'));
  const file = path.join(out, 'ensemble.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"weight": 0.5', '"weight": "x"'));
  await assert.rejects(
    loadEnsemble(out),
    /for each task its members for .*ensemble\.json .*npx bobbin ensemble/,
  );
});
