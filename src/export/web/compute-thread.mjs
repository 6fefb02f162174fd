/**
 * A thread in which plain tfjs computes with an exported model: tfjs keeps its kernels and layers in the global object, which a thread
 * does not share. It is JavaScript, because a thread's first file is loaded without the loaders of the main thread.
 */
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

/** @type {{ files: Map<string, Uint8Array>, shape: [number, number, number, number], values: Float32Array }} */
const { files, shape, values } = workerData;

/** Answers tfjs's requests as a web server would. @param {unknown} url */
const fetchFunc = async (url) => {
  const name = path.basename(new URL(String(url)).pathname);
  const type = name.endsWith('.json') ? 'application/json' : 'application/octet-stream';
  return new Response(files.get(name), { headers: { 'content-type': type } });
};

/** @param {string} backend */
async function compute(backend) {
  await tf.setBackend(backend);
  const model = await tf.loadLayersModel(tf.io.http('http://export/model.json', { fetchFunc }));
  const output = /** @type {tf.Tensor} */ (model.predict(tf.tensor4d(values, shape)));
  return { probabilities: await output.data(), by: `tfjs ${tf.version.tfjs} (${backend})` };
}

parentPort?.postMessage(await compute('wasm'));
