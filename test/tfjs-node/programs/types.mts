/** Uses the types of tfjs-node as a program in TypeScript does; nothing of it is run. */
import * as tf from '@tensorflow/tfjs-node';
import { io, type LayersModel, node, type Tensor3D, version } from '@tensorflow/tfjs-node';
import { Int64Scalar } from '@tensorflow/tfjs-node/dist/int64_tensors.js';
import type { NodeFileSystem } from '@tensorflow/tfjs-node/dist/io/file_system.js';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import type { TFSavedModel } from '@tensorflow/tfjs-node/dist/saved_model.js';
import { adoptBatch, createLoader, jit, type Preprocessing } from 'bobbin';
import { tf as bobbinTf, devices } from 'bobbin/tensorflow';

const picture = node.decodeImage(new Uint8Array(), 3) as Tensor3D;
const model: LayersModel = await tf.loadLayersModel('file://model/model.json');
const saved: TFSavedModel = await node.loadSavedModel('folder', ['serve'], 'serving_default');
const files: NodeFileSystem = io.fileSystem('model') as NodeFileSystem;
const step = new Int64Scalar(3).valueArray;
const backend = tf.backend() as NodeJSKernelBackend;
const doubled: Float32Array | Int32Array | Uint8Array = jit((x: tf.Tensor) => x.mul(2))(
  tf.ones([2]),
).dataSync();
const preprocessing = {
  resize: 24,
  crop: 24,
  mean: [127, 127, 127],
  std: [127, 127, 127],
  channels: 'rgb',
} satisfies Preprocessing;
const loader = createLoader({ samples: [], preprocessing });
for await (const batch of loader.epoch(0)) {
  model.predict(adoptBatch(batch));
}
const tensor: tf.Tensor = bobbinTf.ones([2]);
export const used = [
  version['tfjs-node'],
  version['tfjs-core'],
  picture,
  saved,
  files,
  step,
  backend.isUsingGpuDevice,
  doubled,
  tensor,
  devices(),
];
// @ts-expect-error: there is no such function.
tf.node.noSuchFunction();
