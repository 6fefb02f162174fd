/** Leaves tensors, a variable, a SavedModel, an adopted batch and a running loader behind, and ends in the given way. Its photos go to the given folder. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { createLoader } from '../../src/pipeline/index.js';
import { adoptBatch, jit, loadSavedModel, tf } from '../../src/tensorflow/index.js';
import { plainPixels, writePictures } from '../support/pictures.js';
import { workerProgram } from '../support/run-bobbin.js';

async function leaveEverything(folder: string): Promise<unknown[]> {
  const samples = await writePictures(folder, { count: 8, width: 40, height: 36 });
  const loader = createLoader({ samples, preprocessing: plainPixels(36, 32), batchSize: 2 });
  const { value: batch } = await loader.epoch(0).next();
  const adopted = adoptBatch(batch);
  rmSync(folder, { recursive: true });
  const model = await loadSavedModel(
    fileURLToPath(new URL('../fixtures/saved-model', import.meta.url)),
  );
  const square = jit((x: tf.Tensor2D) => tf.matMul(x, x));
  const large = tf.ones([1024, 1024]) as tf.Tensor2D;
  const calls = Array.from({ length: 30 }, () => square.async(large));
  await calls[0];
  return [
    calls,
    loader,
    adopted,
    model,
    adopted.mean(),
    tf.variable(tf.ones([3])),
    tf.tensor(['text']),
  ];
}

const [, , way = '', folder = ''] = process.argv;
if (isMainThread && (way === 'worker' || way === 'terminate')) {
  const program = workerProgram('test/tensorflow/leave-everything.ts');
  const worker = new Worker(program, { eval: true, argv: [way, folder] });
  worker.on('message', async (message) => {
    console.log(message);
    if (way === 'terminate') {
      await worker.terminate();
    }
  });
  worker.on('error', (error) => {
    console.error(error);
    process.exitCode = 1;
  });
} else {
  const alive = await leaveEverything(folder);
  const message = alive.length === 7 ? 'everything is alive' : 'something is missing';
  if (parentPort) {
    parentPort.postMessage(message);
  } else {
    console.log(message);
  }
  if (way === 'exit') {
    process.exit(0);
  }
  if (way === 'throw') {
    throw new Error('as told');
  }
  if (way === 'terminate') {
    setInterval(() => alive, 1000);
  }
}
