/**
 * Exports each of Bobbin's networks for TensorFlow in Python and ONNX Runtime, and prints how far their probabilities are from Bobbin's:
 * `npm run test:exports`, or `npm run test:exports -- resnet18 resnet50 --size 224` for some, on larger images. Weights are
 * random, and batch normalisation has the statistics of drawn images.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runScript } from '../../scripts/run.mjs';
import { onnx } from '../../src/export/onnx/index.js';
import { savedmodel } from '../../src/export/savedmodel/index.js';
import { modelOptions, type NetworkName, networkNames } from '../../src/model/index.js';
import { networkNamed } from '../../src/model/networks/index.js';
import { textTable } from '../../src/report/index.js';
import { type Asked, differencesInPython, tolerance, withImages } from './answers.js';
import { ofNetwork } from './classifiers.js';
import { missingPackages } from './python/python.js';

const formats = [savedmodel, onnx];

/** The exports of a network in each format, in folders below `place`. */
async function exported(network: NetworkName, size: number, place: string): Promise<Asked[]> {
  using classifier = await ofNetwork(network, size);
  const asked: Asked[] = [];
  for (const format of formats) {
    const folder = path.join(place, `${network}-${format.name}`);
    mkdirSync(folder);
    await format.write(classifier, folder, { quantize: undefined });
    asked.push(withImages(folder, classifier));
  }
  return asked;
}

/** Of each network the largest difference of each format, 0…1. */
async function differencesOf(networks: readonly NetworkName[], size: number): Promise<number[][]> {
  const place = mkdtempSync(path.join(os.tmpdir(), 'bobbin-exports-'));
  try {
    const asked: Asked[] = [];
    for (const [index, network] of networks.entries()) {
      console.error(`${index + 1} of ${networks.length}: ${network}`);
      asked.push(...(await exported(network, size, place)));
    }
    // One process loads them all, since TensorFlow takes seconds to start.
    const differences = differencesInPython(asked);
    return networks.map((_, index) =>
      differences.slice(index * formats.length, (index + 1) * formats.length),
    );
  } finally {
    rmSync(place, { recursive: true });
  }
}

async function main(): Promise<number> {
  const missing = missingPackages();
  if (missing !== undefined) {
    throw new Error(missing);
  }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { size: { type: 'string', default: String(modelOptions.size.min) } },
  });
  for (const name of positionals) {
    networkNamed(name);
  }
  const names = positionals.length === 0 ? networkNames : (positionals as NetworkName[]);
  const size = Number(values.size);
  const differences = await differencesOf(names, size);
  const rows = names.map((name, index) => [
    name,
    ...(differences[index] as number[]).map((each) => each.toExponential(1)),
  ]);
  console.log(textTable([`${size} × ${size} pixels`, ...formats.map(({ name }) => name)], rows));
  return differences.flat().every((each) => each < tolerance) ? 0 : 1;
}

runScript('test:exports', main);
