/** Finding the run that a folder means, and the weights of one of its epochs. */
import assert from 'node:assert/strict';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, test } from 'node:test';
import {
  type Classifier,
  createModel,
  loadClassifier,
  saveClassifier,
} from '../../src/model/index.js';
import { temporaryFolder } from '../support/folders.js';

const root = temporaryFolder();
const at = (...parts: string[]) => path.join(root, ...parts);

/** Two runs in one folder, of which one has the weights of the best epoch, too; one run alone; and one that has not ended. */
before(async () => {
  const options = { network: 'mobilenet-v2', pretrained: false, size: 32 } as const;
  const saved = async (task: string, seed: number, folder: string) => {
    const classes = ['yes', 'no'];
    const model = await createModel({ ...options, classes, trainable: 'head', seed });
    await saveClassifier({ ...model, task }, at(folder));
    model.model.dispose();
  };
  await saved('hat', 1, 'both/hat/model');
  await saved('hat', 2, 'both/hat/best');
  await cp(at('both/hat'), at('both/shoe'), { recursive: true });
  await rm(at('both/shoe/best'), { recursive: true });
  await saved('shoe', 3, 'both/shoe/model');
  await cp(at('both/shoe'), at('one/shoe'), { recursive: true });
  await cp(at('both/hat/best'), at('stopped/hat/best'), { recursive: true });
  await mkdir(at('stopped/hat/checkpoint'));
  await mkdir(at('empty'));
  await mkdir(at('photos/a'), { recursive: true });
  await writeFile(at('photos/notes.txt'), '');
});

/** A weight of the classifier: it tells which was loaded. */
const weightOf = ({ model }: Classifier): number => {
  const [kernel] = model.getLayer('logits').getWeights();
  return kernel?.dataSync()[0] as number;
};

async function loaded(...given: Parameters<typeof loadClassifier>): Promise<[string, number]> {
  const classifier = await loadClassifier(...given);
  const weight = weightOf(classifier);
  classifier.model.dispose();
  return [classifier.task as string, weight];
}

test('when a folder is a run, has one run or is a model, then it gives the same classifier', async () => {
  const [task, weight] = await loaded(at('one/shoe/model'));
  assert.equal(task, 'shoe');
  for (const folder of ['one', 'one/shoe']) {
    assert.deepEqual(await loaded(at(folder)), ['shoe', weight]);
    assert.deepEqual(await loaded(at(folder), { task: 'shoe' }), ['shoe', weight]);
  }
});

test('when a task or an epoch is chosen, then its weights are loaded', async () => {
  const last = await loaded(at('both'), { task: 'hat' });
  const best = await loaded(at('both'), { task: 'hat', epoch: 'best' });
  assert.deepEqual(last, await loaded(at('both/hat/model')));
  assert.deepEqual(best, await loaded(at('both/hat/best')));
  assert.notEqual(last[1], best[1]);
  // Only one of the two runs has these weights.
  assert.deepEqual(await loaded(at('both'), { epoch: 'best' }), best);
  assert.deepEqual(await loaded(at('stopped/hat'), { epoch: 'best' }), best);
});

test("when a run's folder is renamed, then its task keeps its name", async (t) => {
  await rename(at('one/shoe'), at('one/second try'));
  t.after(() => rename(at('one/second try'), at('one/shoe')));
  assert.equal((await loaded(at('one'), { task: 'shoe' }))[0], 'shoe');
  await assert.rejects(loadClassifier(at('one'), { task: 'second try' }), /Expected one of shoe /);
});

test('when a folder means no run, then the error says what it has and the way out', async () => {
  const wrong: [Parameters<typeof loadClassifier>, string][] = [
    [
      [at('none')],
      `Expected an existing folder for folder but received "${at('none')}". Did you mean ${at('one')}?`,
    ],
    [
      [at('photos/notes.txt')],
      `Expected an existing folder for folder but received "${at('photos/notes.txt')}"`,
    ],
    [
      [at('both')],
      `Missing one run for folder. ${at('both')} has several: choose task hat or task shoe`,
    ],
    [[at('both'), { task: 'hut' }], 'Expected one of hat, shoe for task but received "hut"'],
    [[at('one'), { task: 'hat' }], 'Expected one of shoe for task but received "hat"'],
    [
      [at('one'), { epoch: 'best' }],
      `Expected the weights of the best epoch for folder but received "${at('one')}". It has those of the last epoch: choose epoch last`,
    ],
    [
      [at('one'), { epoch: 'first' as never }],
      'Expected one of last, best for epoch but received "first"',
    ],
    [
      [at('one'), { tsk: 'shoe' } as never],
      'Expected the name of an option for a key of loadClassifier but received "tsk". Did you mean task?',
    ],
    [
      [at('stopped')],
      `Expected a trained model for folder but received "${at('stopped')}". The training in ${at('stopped/hat')} has not ended: repeat it with --resume (in a program \`resume: true\`); or choose epoch best, the best one so far`,
    ],
    [
      [at('empty')],
      `Expected a trained model for folder but received "${at('empty')}". It is empty. A run, as train writes it, has model/model.json`,
    ],
    [
      [at('photos')],
      `Expected a trained model for folder but received "${at('photos')}". It has a, notes.txt. A run, as train writes it, has model/model.json`,
    ],
  ];
  for (const [given, message] of wrong) {
    await assert.rejects(loadClassifier(...given), { name: 'InvalidInputError', message });
  }
});

test('when a model is damaged, then the run beside it can still be used', async (t) => {
  const file = at('both/hat/model/model.json');
  await rename(file, `${file}.whole`);
  await writeFile(file, '{"format"');
  t.after(() => rename(`${file}.whole`, file));
  assert.equal((await loaded(at('both'), { task: 'shoe' }))[0], 'shoe');
  await assert.rejects(
    loadClassifier(at('both'), { task: 'hat' }),
    /Expected JSON for .*hat\/model\/model\.json:1:10/,
  );
});
