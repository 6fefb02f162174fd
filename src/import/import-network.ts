/** Turns the file of another framework into the folder of a network. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { checkArgument, checkArguments, optional, type ShapeOf, text } from '../arguments.js';
import { ifPresent, nearPath, readRegular, sha256 } from '../disk/index.js';
import { expected } from '../errors.js';
import { fetchFromHub, isHubReference } from '../hub/index.js';
import {
  type NamedTensors,
  type NetworkRecord,
  type NetworkSource,
  saveNetwork,
} from '../model/index.js';
import type { Preprocessing } from '../pipeline/index.js';
import type { Reference } from './format.js';
import { formatOf } from './formats.js';
import { importOptions } from './options.js';
import { completePreprocessing, type GivenPreprocessing } from './preprocessing.js';

export interface ImportOptions {
  /** The folder to write; it appears when it is complete, and replaces an earlier network. */
  out: string;
  /** The name of the network; by default that of the file, or of the hub's repository. */
  name?: string | undefined;
  /**
   * Overrides what the file says of its images: `size` in pixels, `cropShare` from 0.1 to 1, `mean` and `std` in units of
   * 0…255, `channels`, `filter` and `fit`.
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
  );
  const complete = completePreprocessing(given, preprocessing);
  checkSide(network.sides, complete.preprocessing);
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
    await checkFile(file);
    const { name, base } = path.parse(file);
    return { path: file, name, source: { file: base } };
  }
  const found = await fetchFromHub(file, { wants: 'network' });
  const [, repository = ''] = found.name.split('/');
  const source = { file: found.name, revision: found.revision };
  return { path: found.file, name: repository, source };
}

/** @throws InvalidInputError where there is no file, with what was probably meant */
async function checkFile(file: string): Promise<void> {
  const stats = await ifPresent(stat(file));
  if (stats === undefined) {
    const meant = await nearPath(file);
    throw expected('an existing file', 'file', file, meant && `Did you mean ${meant}?`);
  }
  if (stats.isDirectory()) {
    const remedy = 'Name the file in it: model.onnx, model.keras, model.h5 or model.json';
    throw expected('a file', 'file', file, remedy);
  }
}

/** @throws InvalidInputError if the network does not take images of the side that its preprocessing gives them */
function checkSide(sides: NetworkRecord['sides'], { crop }: Preprocessing): void {
  const fits = 'only' in sides ? crop === sides.only : crop % sides.multipleOf === 0;
  if (!fits) {
    const what = 'only' in sides ? `${sides.only} pixels` : `a multiple of ${sides.multipleOf}`;
    throw expected(what, 'the side of the input', crop, 'The network takes no other images');
  }
}
