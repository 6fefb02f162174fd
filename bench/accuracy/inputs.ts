/** Writes what all contenders get: the photos of a data set, and a pretrained network with a head that is drawn by the seed. Arguments: folder, photos, network, side, seed. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type NetworkName,
  prepare,
  resolveSamples,
  samplesOf,
  type Task,
} from '../../src/index.js';
import { writePretrained } from '../train/network-files.js';
import { type Photo, type Photos, photosFile } from './job.js';

const [folder, source, net, side, seed] = process.argv.slice(2) as [
  string,
  string,
  NetworkName,
  string,
  string,
];
const data = path.join(folder, 'data');
const { manifest } = await prepare(source, { out: data });
const { name, classes } = manifest.tasks[0] as Task;
const photosOf = (split: 'train' | 'validation'): Photo[] => {
  const samples = samplesOf(manifest, name, split);
  return Array.from(resolveSamples(manifest, samples), ({ path: file }, i) => [
    file,
    samples.at(i)?.label as number,
  ]);
};
const pretrained = { network: net, classes, size: Number(side), seed: Number(seed) };
const photos: Photos = {
  data,
  classes: classes.length,
  resize: await writePretrained(folder, pretrained),
  training: photosOf('train'),
  validation: photosOf('validation'),
};
writeFileSync(path.join(folder, photosFile), JSON.stringify(photos));
