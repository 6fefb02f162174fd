/** Gives a network pretrained weights: the published ones, or those of a file. */
import { readRegular, sha256 } from '../disk/index.js';
import { expected } from '../errors.js';
import { closedFault, wayOut } from '../set-up.js';
import type { tf } from '../tensorflow/index.js';
import type { Network, PublishedWeights } from './networks/index.js';
import { assignWeights } from './weights/assign.js';
import { formatNames, readTensors } from './weights/index.js';

/** The dense layer that is new in every classifier: no file has its weights. */
export const headName = 'logits';

/**
 * Sets every weight of `model` before its head.
 *
 * @param source `true` for the published weights in the cache, checked by SHA-256; or the path of a file
 * @throws InvalidInputError when the network has no published weights, when the file's format is not
 *   known, or when its weights are not those of the network; Error when the cache lacks the file
 */
export async function loadPretrained(
  model: tf.LayersModel,
  { published, namings = [] }: Network,
  source: true | string,
): Promise<void> {
  const { file, bytes } =
    source === true
      ? await readPublished(model.name, published)
      : { file: source, bytes: await readRegular(source) };
  assignWeights(model, await readTensors(bytes, file), { file, namings, except: headName });
}

async function readPublished(
  network: string,
  published: PublishedWeights | undefined,
): Promise<{ file: string; bytes: Buffer }> {
  if (published === undefined) {
    throw expected(
      'the path of a weights file or false',
      'pretrained',
      true,
      `No package carries ImageNet weights of ${network}: name a file (${formatNames}), or begin with random weights (--no-pretrained)`,
    );
  }
  const { file, sha256: wanted } = published;
  const bytes = await readRegular(file).catch((cause: NodeJS.ErrnoException) => {
    throw ['ENOENT', 'EACCES'].includes(cause.code ?? '') ? notReadable(network, file) : cause;
  });
  const found = sha256(bytes);
  if (found !== wanted) {
    throw expected(
      `SHA-256 ${wanted}`,
      file,
      found,
      'Delete the file and run `npx bobbin setup` to fetch it again',
    );
  }
  return { file, bytes };
}

function notReadable(network: string, file: string): Error {
  const fault = closedFault(file) ?? `missing: ${file}`;
  return new Error(
    `${network}'s ImageNet weights could not be read: ${fault}. To mend it, ${wayOut(fault)}, or name a weights file of your own.`,
  );
}
