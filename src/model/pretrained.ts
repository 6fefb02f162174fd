/** The weights that a network starts with: the published ones, those of a file, or those that a run trained. */
import { stat } from 'node:fs/promises';
import { ifPresent, sha256OfSource, withSource } from '../disk/index.js';
import { expected } from '../errors.js';
import { closedFault, wayOut } from '../set-up.js';
import type { Classifier } from './classifier.js';
import type { Network } from './networks/index.js';
import { findRun, openRun, type RunNames } from './runs.js';
import { formatNames, type NamedTensors, readTensors } from './weights/index.js';

export interface StartingWeights {
  /** The file or the folder that they are from, for errors. */
  file: string;
  tensors: NamedTensors;
  /** The classifier that a run trained; undefined for the weights of a file. */
  trained?: Omit<Classifier, 'model'>;
}

/** A choice of task or epoch is the choice of another folder. */
const names: RunNames = {
  folder: 'pretrained',
  task: 'pretrained',
  epoch: 'pretrained',
  choose: ({ folder }) => folder,
};

/**
 * @param source a file of weights, or a folder that {@link findRun} takes
 * @throws InvalidInputError when there is none, when the file's format is not known, and when it is damaged
 */
export async function readWeights(source: string): Promise<StartingWeights> {
  const stats = await ifPresent(stat(source));
  if (stats === undefined) {
    throw expected('an existing run or weights file', 'pretrained', source);
  }
  if (!stats.isDirectory()) {
    return { file: source, tensors: await withSource(source, readTensors) };
  }
  const { model, ...trained } = await openRun(await findRun(source, {}, names));
  const tensors: NamedTensors = new Map(
    model.weights.map((weight) => [
      weight.originalName,
      { shape: weight.shape as number[], values: weight.read().dataSync<'float32'>() },
    ]),
  );
  model.dispose();
  return { file: source, tensors, trained };
}

/**
 * The published weights of a network from the cache, checked by SHA-256.
 *
 * @throws InvalidInputError when the network has none; Error when the cache lacks the file
 */
export async function publishedWeights(
  name: string,
  { published }: Network,
): Promise<StartingWeights> {
  if (published === undefined) {
    throw expected(
      'the path of a weights file or a run, or false,',
      'pretrained',
      true,
      `No package carries ImageNet weights of ${name}: name a file (${formatNames}) with --pretrained FILE, or begin with random weights by --no-pretrained (in a program \`pretrained\` is that file, or false)`,
    );
  }
  const { file, sha256: wanted } = published;
  const tensors = await withSource(file, async (source) => {
    const found = await sha256OfSource(source);
    if (found !== wanted) {
      throw expected(
        `SHA-256 ${wanted}`,
        file,
        found,
        'Delete the file and run `npx bobbin setup` to fetch it again',
      );
    }
    return readTensors(source);
  }).catch((cause: NodeJS.ErrnoException) => {
    throw ['ENOENT', 'EACCES'].includes(cause.code ?? '') ? notReadable(name, file) : cause;
  });
  return { file, tensors };
}

function notReadable(network: string, file: string): Error {
  const fault = closedFault(file) ?? `missing: ${file}`;
  return new Error(
    `${network}'s ImageNet weights could not be read: ${fault}. To mend it, ${wayOut(fault)}, or name a weights file of your own.`,
  );
}
