/** Writes the inputs of all training contenders: images, labels, and a network with its weights. Arguments: folder, network, largest batch. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createModel, type NetworkName, tf } from '../../src/index.js';
import { classes, inputFiles, side } from './job.js';

const [folder, net, batch] = process.argv.slice(2) as [string, NetworkName, string];
const write = (file: keyof typeof inputFiles, content: string | Uint8Array) =>
  writeFileSync(path.join(folder, inputFiles[file]), content);
const bytesOf = (tensor: tf.Tensor) => {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
};

const { model } = await createModel({
  network: net,
  classes: Array.from({ length: classes }, (_, i) => `${i}`),
  pretrained: false,
  size: side,
  trainable: 'all',
  seed: 1,
});
// No dropout, because frameworks cannot share a mask.
Object.assign(model.getLayer('dropout'), { rate: 0 });
const logits = model.getLayer('logits').output as tf.SymbolicTensor;
const network = tf.model({ inputs: model.inputs, outputs: logits });
write('topology', JSON.stringify(network.toJSON(null, false)));

const weights = network.layers.flatMap((layer) =>
  layer.getWeights().map((value, i) => ({ name: `${layer.name}/${i}`, value })),
);
write('index', JSON.stringify(weights.map(({ name, value }) => ({ name, shape: value.shape }))));
write('weights', Buffer.concat(weights.map(({ value }) => bytesOf(value))));

write('images', bytesOf(tf.randomUniform([Number(batch), side, side, 3], -1, 1, 'float32', 2)));
const labels = tf.randomUniform([Number(batch)], 0, classes, 'int32', 3);
write('labels', JSON.stringify([...labels.dataSync()]));
