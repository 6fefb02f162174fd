/** Terminates worker threads amid their work, one after another. Writes photos to the given folder. */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { addonFile } from '../../scripts/addon-place.mjs';
import { createLoader, type LoaderOptions } from '../../src/pipeline/index.js';
import { jit, tf } from '../../src/tensorflow/index.js';
import { plainPixels, writePictures } from '../support/pictures.js';
import { workerProgram } from '../support/run-bobbin.js';

/** Calls the addon in every way until the worker is terminated, and tells when each way was taken once. */
async function work(options: LoaderOptions): Promise<never> {
  const square = (x: tf.Tensor2D) => tf.matMul(x, x);
  const squared = jit(square);
  const x = tf.ones([64, 64]) as tf.Tensor2D;
  const loader = createLoader(options);
  for (let epoch = 0; ; epoch++) {
    for await (const batch of loader.epoch(epoch)) {
      batch.release();
      (await squared.async(x)).dispose();
      tf.tidy(() => square(x).dataSync());
      createLoader(options).close();
    }
    parentPort?.postMessage('busy');
  }
}

/** Starts a worker, and terminates it when it says that it is busy. */
async function terminateBusy(program: string, data?: unknown): Promise<void> {
  const worker = new Worker(program, { eval: true, workerData: data });
  await once(worker, 'message');
  await worker.terminate();
}

async function main(folder: string): Promise<void> {
  const samples = await writePictures(folder, { count: 8, width: 40, height: 36 });
  const options = { samples, preprocessing: plainPixels(36, 32), batchSize: 2 };
  const program = workerProgram('test/tensorflow/terminate-workers.ts');
  await Promise.all([1, 2, 3, 4].map(() => terminateBusy(program, options)));
  const load = `require('node:worker_threads').parentPort.postMessage('busy');
    require(${JSON.stringify(addonFile())});`;
  for (let i = 0; i < 30; i++) {
    await terminateBusy(load);
  }
  console.log('all are terminated');
}

await (isMainThread ? main(process.argv[2] ?? '') : work(workerData));
