/** Writes the folder of an imported network: it is complete, or it does not appear. */
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  ifPresent,
  makeFolder,
  replaceFile,
  sealed,
  sha256OfPieces,
  writePart,
} from '../../disk/index.js';
import { expected } from '../../errors.js';
import type { NamedTensors } from '../weights/index.js';
import { safetensorsPieces } from '../weights/write-safetensors.js';
import type { NetworkRecord } from './record.js';

export const networkFile = 'network.json';
export const weightsFile = 'weights.safetensors';

/** What `network.json` holds, sealed. */
export type NetworkJson = NetworkRecord & {
  /** Of the weights file beside it. */
  weightsSha256: string;
};

/**
 * Writes `network.json` and `weights.safetensors` into the new folder `folder`, or in the place of an earlier network.
 *
 * @throws InvalidInputError when `folder` holds anything else
 */
export async function saveNetwork(
  folder: string,
  record: NetworkRecord,
  weights: NamedTensors,
): Promise<void> {
  await checkReplaceable(folder);
  const pieces = safetensorsPieces(weights);
  const json: NetworkJson = { ...record, weightsSha256: sha256OfPieces(pieces) };
  await replaceFile(
    path.resolve(folder),
    async (unfinished) => {
      await makeFolder(unfinished);
      await writePart(path.join(unfinished, weightsFile), pieces);
      await writePart(path.join(unfinished, networkFile), sealed(json));
    },
    () => rm(folder, { recursive: true, force: true }),
  );
}

/** The folder is replaced as a whole, so it must hold nothing but a network. */
async function checkReplaceable(folder: string): Promise<void> {
  const found = await ifPresent(stat(folder));
  if (found === undefined) {
    return;
  }
  if (!found.isDirectory()) {
    throw expected('a folder', 'the network', folder, 'There is a file of that name');
  }
  const foreign = (await readdir(folder)).find(
    (name) => ![networkFile, weightsFile].includes(name),
  );
  if (foreign !== undefined) {
    const remedy = `It has ${foreign}, which is not of a network: name another folder`;
    throw expected('a new folder, or that of a network,', 'the network', folder, remedy);
  }
}
