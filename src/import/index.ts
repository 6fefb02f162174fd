/** The public face of the import stage: files of other frameworks become folders of networks. */
import path from 'node:path';
import { readRegular, sha256 } from '../disk/index.js';
import { type NamedTensors, type NetworkRecord, saveNetwork } from '../model/index.js';
import type { Reference } from './format.js';
import { formatOf } from './formats.js';
import { completePreprocessing, type KnownPreprocessing } from './preprocessing.js';

export interface ImportOptions {
  /** The folder to write; it appears when it is complete, and replaces an earlier network. */
  out: string;
  /** The name of the network; by default that of the file. */
  name?: string | undefined;
  /** Overrides what the file says. */
  preprocessing?: KnownPreprocessing;
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

export type { KnownPreprocessing } from './preprocessing.js';
