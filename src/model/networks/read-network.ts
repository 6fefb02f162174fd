/** Reads the folder of an imported network, as a network like those of the list. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent, isObject, nearPath, openSealed, readRegular } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
import { checkPreprocessing } from '../../pipeline/index.js';
import { buildLayers, trunkNaming } from './layers-network.js';
import { atSize, checkSide, type NamedNetwork, type Network } from './network.js';
import { isSides } from './record.js';
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
  const json = checkedRecord(openSealed(bytes, file, remedy), file);
  const named = { name: json.name, network: networkOf(json, folder) };
  checkSide(json.preprocessing.crop, named);
  return named;
}

function networkOf(json: NetworkJson, folder: string): Network {
  const { preprocessing, sides, source, features, layers } = json;
  const trunk = { topology: layers, features, file: path.join(folder, networkFile) };
  return {
    size: preprocessing.crop,
    sides,
    // Files do not say what it was.
    dropout: 0,
    preprocessing: (size) => atSize(preprocessing, size),
    build: (size, seed) => buildLayers(trunk, size, seed),
    namings: [trunkNaming],
    published: {
      file: path.resolve(folder, weightsFile),
      sha256: json.weightsSha256,
      remedy,
    },
    source,
  };
}

/** Why `folder` is no network, and what was probably meant. */
async function notNetwork(folder: string): Promise<Error> {
  const stats = await ifPresent(stat(folder));
  if (stats === undefined) {
    const meant = await nearPath(folder);
    return expected('an existing folder', 'network', folder, meant && `Did you mean ${meant}?`);
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

function checkedRecord(json: Record<string, unknown>, file: string): NetworkJson {
  const { format, name, source, preprocessing, sides, features, weightsSha256 } = json;
  if (format !== 'bobbin-network') {
    throw expected('"bobbin-network"', `format in ${file}`, format, remedy);
  }
  const texts = { name, features, ...pick(source, ['file', 'sha256', 'format']), weightsSha256 };
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value !== 'string' || value === '') {
      throw expected('text', `${key} in ${file}`, value, remedy);
    }
  }
  checkPreprocessing(preprocessing as NetworkJson['preprocessing'], `preprocessing in ${file}`);
  if (!isSides(sides)) {
    throw expected(
      'multipleOf or only, an integer of at least 1,',
      `sides in ${file}`,
      sides,
      remedy,
    );
  }
  if (isObject(json.layers) === isObject(json.graph)) {
    const kinds = Object.keys(json).filter((key) => ['graph', 'layers'].includes(key));
    throw expected('either graph or layers', file, kinds, remedy);
  }
  return json as unknown as NetworkJson;
}

const pick = (from: unknown, keys: string[]): Record<string, unknown> =>
  Object.fromEntries(keys.map((key) => [key, isObject(from) ? from[key] : undefined]));
