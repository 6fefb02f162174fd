/** Turns the file of another framework into the folder of a network. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { checkArgument, checkArguments, optional, type ShapeOf, text } from '../arguments.js';
import { ifPresent, readRegular, sha256 } from '../disk/index.js';
import { expected } from '../errors.js';
import { fetchFromHub, isHubReference } from '../hub/index.js';
import {
  type NamedTensors,
  type NetworkRecord,
  type NetworkSource,
  networkFile,
  saveNetwork,
} from '../model/index.js';
import { asPath } from '../options.js';
import type { Reference } from './format.js';
import { formatOf } from './formats.js';
import { importOptions } from './options.js';
import { completePreprocessing, type GivenPreprocessing } from './preprocessing.js';
import { present } from './present.js';
import { checkSide } from './sides.js';

/** The options of `importNetwork`. */
export interface ImportOptions {
  /** The folder to write; it appears when it is complete, and replaces an earlier network. */
  out: string;
  /** The name of the network; by default that of the file, or of the hub's repository. */
  name?: string | undefined;
  /**
   * Overrides what the file says of its images: `size` in pixels, `cropShare` from 0.1 to 1, `mean` and `std` in units of
   * 0…255 and in the order of `channels`, `channels`, `filter` and `fit`.
   */
  preprocessing?: GivenPreprocessing;
}

const levels = optional({
  what: 'three numbers in units of 0…255',
  accepts: (value) => Array.isArray(value) && value.length === 3 && value.every(Number.isFinite),
});

const shape = {
  out: text('a folder'),
  name: optional(text('the name of a network')),
  preprocessing: { ...importOptions, mean: levels, std: levels },
} satisfies ShapeOf<ImportOptions>;

/** A network that was imported, as it is in its folder. */
export interface Imported {
  record: NetworkRecord;
  weights: NamedTensors;
  reference?: Reference;
}

/**
 * Reads the network of `file` and writes it into the folder `out`.
 *
 * @param file a path, or a name of a hub: `hf:OWNER/NAME[/FILE][@REVISION]`
 * @returns what the folder has, and the results that the file carries of another framework, if it does
 * @throws InvalidInputError when an option is unknown, missing or out of its range, and when the file is missing, damaged or has
 *   something that Bobbin cannot compute; nothing is written then
 */
export async function importNetwork(file: string, options: ImportOptions): Promise<Imported> {
  checkArgument('file', file, text('the path of a file, or hf:OWNER/NAME'));
  checkArguments('importNetwork', options, shape);
  const { out, name, preprocessing: given = {} } = options;
  const origin = await originOf(file);
  const bytes = await readRegular(origin.path);
  const format = formatOf(bytes, origin.path);
  const { weights, reference, preprocessing, producer, notes, ...network } = await format.read(
    bytes,
    origin.path,
    given,
  );
  const complete = completePreprocessing(given, preprocessing);
  checkSide(complete.preprocessing.crop, network.sides, 'the side of the input');
  const record: NetworkRecord = {
    format: 'bobbin-network',
    name: name ?? origin.name,
    source: {
      ...origin.source,
      sha256: sha256(bytes),
      format: format.name,
      ...(producer !== undefined && { producer }),
    },
    ...network,
    preprocessing: complete.preprocessing,
    notes: [...notes, ...complete.notes],
  };
  await saveNetwork(out, record, weights);
  return { record, weights, ...(reference && { reference }) };
}

/** Where a network comes from: a file of this machine, or one of a hub, which is fetched. */
interface Origin {
  path: string;
  /** What it is called if nobody says otherwise. */
  name: string;
  source: Pick<NetworkSource, 'file' | 'revision'>;
}

async function originOf(file: string): Promise<Origin> {
  if (!isHubReference(file)) {
    if ((await present(file, 'file')).isDirectory()) {
      throw await noFile(file);
    }
    const { name, base } = path.parse(file);
    return { path: file, name, source: { file: base } };
  }
  const found = await fetchFromHub(file, { wants: 'network' });
  const [, repository = ''] = found.name.split('/');
  const source = { file: found.name, revision: found.revision };
  return { path: found.file, name: repository, source };
}

/** What to do with a folder instead. */
async function noFile(folder: string): Promise<Error> {
  const network = await ifPresent(stat(path.join(folder, networkFile)));
  const remedy = network
    ? `It is an imported network, which train takes: --model ${asPath(folder)} (in a program \`network\`)`
    : 'Name the file in it: model.onnx, model.keras, model.h5 or model.json';
  return expected('a file', 'file', folder, remedy);
}
