/** Writes the inputs of all training contenders: images, labels, and a network with its weights. Arguments: folder, network, largest batch. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createModel, type NetworkName, tf } from '../../src/index.js';
import { classes, inputFiles, side } from './job.js';
import { bytesOf, writeNetwork } from './network-files.js';

const [folder, net, batch] = process.argv.slice(2) as [string, NetworkName, string];
const write = (file: keyof typeof inputFiles, content: string | Uint8Array) =>
  writeFileSync(path.join(folder, inputFiles[file]), content);
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
writeNetwork(folder, network);

write('images', bytesOf(tf.randomUniform([Number(batch), side, side, 3], -1, 1, 'float32', 2)));
const labels = tf.randomUniform([Number(batch)], 0, classes, 'int32', 3);
write('labels', JSON.stringify([...labels.dataSync()]));
