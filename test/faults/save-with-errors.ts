/**
 * Saves in a process with shim.c all that Bobbin saves, and lets each call fail once that changes a file:
 * `save-with-errors.ts <root> <log of the shim> <most errors for each>`. Prints the errors that were injected.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { prepare, saveManifest } from '../../src/dataset/index.js';
import { InvalidInputError } from '../../src/errors.js';
import { saveClassifier } from '../../src/model/index.js';
import { savePrediction } from '../../src/prediction/index.js';
import { drawCurves } from '../../src/report/index.js';
import { writeSubmission } from '../../src/submission/index.js';
import { synthesize } from '../../src/synthetic/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { answers, manifest } from '../support/submission.js';
import { errors, faultAt } from './shim.js';

const [root, log, most] = process.argv.slice(2) as [string, string, string];
const parquet = path.join(import.meta.dirname, '../fixtures/parquet');
const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [4], units: 2 })] });
const classifier = {
  model,
  network: 'mobilenet-v2' as const,
  classes: ['a', 'b'],
  preprocessing: { resize: 36, crop: 32, mean: [0, 0, 0], std: [1, 1, 1], channels: 'rgb' },
} as unknown as Parameters<typeof saveClassifier>[0];
const prediction = [...answers.values()][0] as Parameters<typeof savePrediction>[0];
const drawn = { imagesPerTask: 10, questionsPerTask: 1, size: 64, tasks: ['skirt_length_labels'] };

/** What saves to a folder. `once` marks what refuses a folder that is filled, or may lose what the folder held. */
const savers: { name: string; once?: boolean; save(folder: string): Promise<unknown> }[] = [
  { name: 'manifest', save: (folder) => saveManifest(manifest, folder) },
  { name: 'classifier', save: (folder) => saveClassifier(classifier, folder) },
  { name: 'prediction', save: (folder) => savePrediction(prediction, path.join(folder, 'a.json')) },
  { name: 'submission', save: (out) => writeSubmission({ manifest, answers, out }) },
  { name: 'picture', save: (folder) => drawCurves([], path.join(folder, 'curves.png'), 'a') },
  { name: 'photos', once: true, save: (folder) => synthesize(folder, drawn) },
  { name: 'shards', once: true, save: (folder) => prepare(parquet, { out: folder }) },
];

const countCalls = (): number =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => /^(create|mkdir|write|sync|rename|remove) /.test(line)).length;

/** A digest of each file below `folder`, by its path there. */
async function contents(folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) {
      const file = path.join(entry.parentPath ?? entry.path, entry.name);
      const digest = createHash('sha256').update(await readFile(file));
      digests[path.relative(folder, file)] = digest.digest('hex');
    }
  }
  return digests;
}

/** The error of `save` when its `call` fails with `error`; undefined if it ends all the same. */
async function withError(
  call: number,
  error: string,
  save: () => Promise<unknown>,
): Promise<Error | undefined> {
  // The shim begins to count when the value changes.
  process.env.BOBBIN_FAULT_AT = faultAt({ call, error });
  try {
    await save();
    return undefined;
  } catch (thrown) {
    return thrown as Error;
  } finally {
    delete process.env.BOBBIN_FAULT_AT;
  }
}

let injected = 0;
for (const { name, once = false, save } of savers) {
  const folder = path.join(root, name);
  const before = countCalls();
  await save(folder);
  const calls = countCalls() - before;
  const whole = await contents(folder);
  const step = Math.max(1, calls / Number(most));
  for (let at = 1; at <= calls; at += step) {
    if (once) {
      await rm(folder, { recursive: true, force: true });
    }
    const error = errors[injected++ % errors.length] as string;
    const call = Math.floor(at);
    const thrown = await withError(call, error, () => save(folder));
    const fault = `${error} at call ${call} of ${calls} of ${name}: ${thrown?.stack}`;
    const now = await contents(path.dirname(folder));
    const left = Object.keys(now).filter((file) => file.includes('.tmp'));
    assert.deepEqual(left, [], fault);
    if (thrown !== undefined) {
      assert.ok(thrown instanceof InvalidInputError, fault);
      const line = `^Expected to write .*to ${folder}.* but received ${error}: .*\\. .+`;
      assert.match(thrown.message, new RegExp(line), fault);
      assert.doesNotMatch(thrown.message, /\n|\.tmp/, fault);
    }
    for (const [file, digest] of Object.entries(now)) {
      const own = path.relative(name, file);
      if (!own.startsWith('..') && !own.startsWith('lock-')) {
        assert.equal(digest, whole[own], `${own} is torn by ${fault}`);
      }
    }
    if (!once) {
      assert.deepEqual(await contents(folder), whole, fault);
    }
  }
}
console.log(injected);
