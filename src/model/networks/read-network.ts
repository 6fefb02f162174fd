/** Reads the folder of an imported network, as a network like those of the list. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent, nearPath, openSealed, readRegular } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
import { asPath } from '../../options.js';
import { checkRecord } from './check-record.js';
import { buildGraph, type GraphTrunk, graphLayer, graphNaming } from './graph-network.js';
import { buildLayers, layersAfter, trunkNaming } from './layers-network.js';
import { atSize, checkSide, type NamedNetwork, type Network } from './network.js';
import { type NetworkJson, networkFile, weightsFile } from './save-network.js';

const remedy = 'Import the network again';

/**
 * The network in `folder`, which `import` wrote. Its weights are read only when they are asked for.
 *
 * @throws InvalidInputError when there is no such folder, when it holds no network, and when its record is damaged
 */
export async function readNetwork(folder: string): Promise<NamedNetwork> {
  const file = path.join(folder, networkFile);
  const bytes = await readRegular(file).catch(async (cause: NodeJS.ErrnoException) => {
    throw ['ENOENT', 'ENOTDIR'].includes(cause.code ?? '') ? await notNetwork(folder) : cause;
  });
  const json = openSealed(bytes, file, remedy);
  checkRecord(json, file, remedy);
  await checkSizes(json, folder);
  const named = { name: json.name, network: networkOf(json, folder) };
  checkSide(json.preprocessing.crop, named);
  return named;
}

function networkOf(json: NetworkJson, folder: string): Network {
  const { preprocessing, sides, source } = json;
  return {
    size: preprocessing.crop,
    sides,
    // Files do not say what it was.
    dropout: 0,
    preprocessing: (size) => atSize(preprocessing, size),
    ...trunkOf(json, path.join(folder, networkFile)),
    published: {
      file: path.resolve(folder, weightsFile),
      sha256: json.weightsSha256,
      remedy,
    },
    source,
  };
}

function trunkOf(
  { graph, layers, features }: NetworkJson,
  file: string,
): Pick<Network, 'build' | 'namings' | 'heads'> {
  if (graph === undefined) {
    const trunk = { topology: layers, features, file };
    return {
      build: (size, seed) => buildLayers(trunk, size, seed),
      namings: [trunkNaming],
      heads: layersAfter(trunk),
    };
  }
  const trunk: GraphTrunk = { graph, features, file };
  return {
    build: (size, seed) => buildGraph(trunk, size, seed),
    namings: [graphNaming(graphLayer(trunk))],
    // Those that the features need are the trunk's; the others are the head's.
    heads: graph.weights.map(({ name }) => name),
  };
}

/** A layer makes room for its weights before they are read: no more than the file has. */
async function checkSizes({ graph }: NetworkJson, folder: string): Promise<void> {
  const file = path.join(folder, weightsFile);
  const stats = await ifPresent(stat(file));
  if (stats === undefined) {
    throw missing(weightsFile, `the network ${folder}`, remedy);
  }
  const sizes = graph?.weights.map(({ shape }) => shape.reduce((size, side) => size * side, 1));
  const total = sizes?.reduce((sum, size) => sum + size, 0) ?? 0;
  if (4 * total > stats.size) {
    const wanted = `at most ${Math.floor(stats.size / 4)} numbers in all weights`;
    throw expected(wanted, path.join(folder, networkFile), total, remedy);
  }
}

/** Why `folder` is no network, and what was probably meant. */
async function notNetwork(folder: string): Promise<Error> {
  const stats = await ifPresent(stat(folder));
  if (stats === undefined) {
    const meant = await nearPath(folder);
    const hint = meant && `Did you mean ${asPath(meant)}?`;
    return expected('an existing folder', 'network', folder, hint);
  }
  if (!stats.isDirectory()) {
    const way = `npx bobbin import ${folder} --out NET, then --model ./NET`;
    const weights = 'weights alone are given with --pretrained';
    return expected('a folder', 'network', folder, `A file is imported first: ${way}; ${weights}`);
  }
  const runs = ['model.json', 'model/model.json', 'checkpoint'];
  const found = await Promise.all(runs.map((name) => ifPresent(stat(path.join(folder, name)))));
  if (found.some((each) => each !== undefined)) {
    const way = `Begin with its weights by --pretrained ${folder} (in a program \`pretrained\`)`;
    return expected('an imported network', 'network', folder, `It is a run. ${way}`);
  }
  return missing(
    networkFile,
    `the network ${folder}`,
    'Name a folder that `npx bobbin import` wrote',
  );
}
