/** Turns the file of another framework into the folder of a network. */
import path from 'node:path';
import { readRegular, sha256 } from '../disk/index.js';
import { expected } from '../errors.js';
import { type NamedTensors, type NetworkRecord, saveNetwork } from '../model/index.js';
import type { Preprocessing } from '../pipeline/index.js';
import type { Reference } from './format.js';
import { formatOf } from './formats.js';
import { completePreprocessing, type GivenPreprocessing } from './preprocessing.js';

export interface ImportOptions {
  /** The folder to write; it appears when it is complete, and replaces an earlier network. */
  out: string;
  /** The name of the network; by default that of the file. */
  name?: string | undefined;
  /** Overrides what the file says. */
  preprocessing?: GivenPreprocessing;
}

/** A network that was imported, as it is in its folder. */
export interface Imported {
  record: NetworkRecord;
  weights: NamedTensors;
  reference?: Reference;
}

/**
 * Reads the network of `file` and writes it into the folder `out`.
 *
 * @throws InvalidInputError when the file is damaged or has something that Bobbin cannot compute; nothing is written then
 */
export async function importNetwork(
  file: string,
  { out, name = path.parse(file).name, preprocessing: given = {} }: ImportOptions,
): Promise<Imported> {
  const bytes = await readRegular(file);
  const format = formatOf(bytes, file);
  const { weights, reference, preprocessing, producer, notes, ...network } = await format.read(
    bytes,
    file,
  );
  const complete = completePreprocessing(given, preprocessing);
  checkSide(network.sides, complete.preprocessing);
  const record: NetworkRecord = {
    format: 'bobbin-network',
    name,
    source: {
      file: path.basename(file),
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

/** @throws InvalidInputError if the network does not take images of the side that its preprocessing gives them */
function checkSide(sides: NetworkRecord['sides'], { crop }: Preprocessing): void {
  const fits = 'only' in sides ? crop === sides.only : crop % sides.multipleOf === 0;
  if (!fits) {
    const what = 'only' in sides ? `${sides.only} pixels` : `a multiple of ${sides.multipleOf}`;
    throw expected(what, 'the side of the input', crop, 'The network takes no other images');
  }
}
