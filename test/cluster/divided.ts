/** One worker that predicts and evaluates together with another: `divided.ts <folder>` prints JSON lines. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cluster, clusterFromEnvironment } from '../../src/cluster/index.js';
import { loadManifest } from '../../src/dataset/index.js';
import { evaluate } from '../../src/evaluation/index.js';
import { type ClassifyProgress, predict } from '../../src/prediction/index.js';
import { smallClassifier } from '../support/small-classifier.js';

const folder = process.argv[2] as string;
const print = (name: string, value: unknown) => console.log(JSON.stringify({ name, value }));

/** What one process and each of several must find alike, with photos of which the second cannot be read. */
async function results(table: string) {
  const manifest = await loadManifest(folder);
  const classifier = smallClassifier();
  const files = manifest.samples.map((sample) => path.join(folder, sample.path));
  let computed = 0;
  const request = { classifier, files, batchSize: 5 };
  const { probabilities, failures } = await predict({
    ...request,
    onProgress: (state) => {
      computed = state.computed;
    },
  });
  const evaluation = await evaluate({
    ...{ classifier, manifest, batchSize: 4, predictions: table },
    ...{ task: 'colour', crops: 'five', mirror: true },
  });
  const rows = Buffer.from(probabilities.buffer).toString('base64');
  return { found: { rows, failures, evaluation }, computed, request };
}

async function fail(name: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
    print(name, 'none');
  } catch (error) {
    print(name, (error as Error).message);
  }
}

const options = clusterFromEnvironment();
const { index } = options === undefined ? { index: 0 } : await cluster(options);
const isOther = index === 1;
const table = path.join(folder, `${options === undefined ? 'alone' : index}.csv`);
const { found, computed, request } = await results(table);
print('found', found);
print('computed', computed);
print('hasTable', existsSync(table));
if (options !== undefined) {
  const atFirst =
    (act: () => void) =>
    ({ done, total }: ClassifyProgress) =>
      isOther && done < total && act();
  const files = isOther ? [...request.files].reverse() : request.files;
  await fail('other', () => predict({ ...request, files, crops: isOther ? 'five' : 'center' }));
  // Three rounds: what one worker does within the first, the others hear in the third.
  request.batchSize = 2;
  const controller = new AbortController();
  const { signal } = controller;
  const stop = atFirst(() => controller.abort(new Error('enough')));
  await fail('stopped', () => predict({ ...request, signal, onProgress: stop }));
  const breaks = atFirst(() => request.classifier.model.dispose());
  await fail('broken', () => predict({ ...request, onProgress: breaks }));
  request.classifier = smallClassifier();
  const leaves = atFirst(() => process.exit(7));
  await fail('left', () => predict({ ...request, onProgress: leaves }));
  process.exitCode = 1;
}
