/** Writes a network with its weights as the files that every training contender reads. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createModel, type NetworkName, tf } from '../../src/index.js';
import { inputFiles } from './job.js';

export interface Pretrained {
  network: NetworkName;
  classes: string[];
  /** Side of the images, in pixels. */
  size: number;
  /** Draws the head. */
  seed: number;
}

/** Writes a pretrained network, up to its logits, and returns the short side of a photo before a centre crop, in pixels. */
export async function writePretrained(folder: string, options: Pretrained): Promise<number> {
  const { model, preprocessing } = await createModel({ ...options, trainable: 'all' });
  const logits = model.getLayer('logits').output as tf.SymbolicTensor;
  writeNetwork(folder, tf.model({ inputs: model.inputs, outputs: logits }));
  return preprocessing.resize;
}

export function writeNetwork(folder: string, network: tf.LayersModel): void {
  const write = (file: keyof typeof inputFiles, content: string | Uint8Array) =>
    writeFileSync(path.join(folder, inputFiles[file]), content);
  write('topology', JSON.stringify(network.toJSON(null, false)));
  const weights = network.layers.flatMap((layer) =>
    layer.getWeights().map((value, i) => ({ name: `${layer.name}/${i}`, value })),
  );
  write('index', JSON.stringify(weights.map(({ name, value }) => ({ name, shape: value.shape }))));
  write('weights', Buffer.concat(weights.map(({ value }) => bytesOf(value))));
}

export function bytesOf(tensor: tf.Tensor): Buffer {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
