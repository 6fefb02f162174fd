/** The weights that a network starts with: the published ones, those of a file, or those that a run trained. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { ifPresent, parseJson, readText, sha256OfSource, withSource } from '../disk/index.js';
import { expected, missing } from '../errors.js';
import { fetchFromHub, isHubReference, pinReference } from '../hub/index.js';
import type { Preprocessing } from '../pipeline/index.js';
import { closedFault, downloadFault, wayOut } from '../set-up.js';
import { headsOf } from './classifier.js';
import { type Head, logitsName } from './heads.js';
import { networkNames } from './networks/index.js';
import type { NamedNetwork } from './networks/network.js';
import { networkOfRun } from './run-network.js';
import { findRun, openRun, type RunNames } from './runs.js';
import { formatNames, type NamedTensors, readTensors } from './weights/index.js';
import { headsOf as headModules, preprocessingOf } from './weights/timm-config.js';

export interface StartingWeights {
  /** The file or the folder that they are from, for errors. */
  file: string;
  tensors: NamedTensors;
  /** Of a run: the network that it trained, and its heads. */
  network?: NamedNetwork;
  trained?: Head[];
  /** What they were trained with, where that is known, for an input of `size` pixels or of its own size. */
  preprocessing?: (size?: number) => Preprocessing;
  /** Modules or layers that are a head, where that is known. */
  heads?: string[];
}

/** A choice of task or epoch is the choice of another folder. */
const names: RunNames = {
  folder: 'pretrained',
  task: 'pretrained',
  epoch: 'pretrained',
  choose: ({ folder }) => folder,
};

/**
 * @param source a file of weights, also of a hub, or a folder that {@link findRun} takes
 * @throws InvalidInputError when there is none, when the file's format is not known, and when it is damaged
 */
export async function readWeights(source: string): Promise<StartingWeights> {
  if (isHubReference(source)) {
    return readWeights((await fetchFromHub(source, { wants: 'weights' })).file);
  }
  const stats = await ifPresent(stat(source));
  if (stats === undefined) {
    throw expected('an existing run or weights file', 'pretrained', source);
  }
  if (!stats.isDirectory()) {
    const tensors = await withSource(source, readTensors);
    return { file: source, tensors, ...(await configBeside(source)) };
  }
  using classifier = await openRun(await findRun(source, {}, names));
  const { model } = classifier;
  const trained = headsOf(classifier);
  const tensors: NamedTensors = new Map(
    model.weights.map((weight) => [
      weight.originalName,
      { shape: weight.shape as number[], values: weight.read().dataSync<'float32'>() },
    ]),
  );
  const network = networkOfRun(classifier, source);
  const { preprocessing, size: own } = network.network;
  return {
    file: source,
    tensors,
    network,
    trained,
    heads: trained.map((head) => logitsName(head, trained)),
    preprocessing: (size = own) => preprocessing(size),
  };
}

/** What timm's configuration in the folder of a weights file says, if there is one. */
async function configBeside(
  weights: string,
): Promise<Pick<StartingWeights, 'preprocessing' | 'heads'>> {
  const file = path.join(path.dirname(weights), 'config.json');
  const text = await ifPresent(readText(file));
  if (text === undefined) {
    return {};
  }
  const config = parseJson(
    text,
    file,
    'Bobbin takes it for the configuration of the weights beside it',
  );
  const preprocessing = preprocessingOf(config, file);
  return preprocessing === undefined
    ? {}
    : {
        preprocessing: (size) => preprocessingOf(config, file, size) as Preprocessing,
        heads: headModules(config),
      };
}

/** The value of `pretrained` that means the same weights for ever: a branch of a hub moves on, a commit does not. */
export async function pinWeights<Value>(
  pretrained: Value,
  signal: AbortSignal | undefined,
): Promise<Value | string> {
  return typeof pretrained === 'string' && isHubReference(pretrained)
    ? pinReference(pretrained, { wants: 'weights', ...(signal && { signal }) })
    : pretrained;
}

/** The SHA-256, in hex, of the weights file that `pretrained` names; undefined where it names a run or none. */
export async function weightsSha256(
  pretrained: boolean | string | undefined,
): Promise<string | undefined> {
  if (typeof pretrained !== 'string') {
    return undefined;
  }
  if (isHubReference(pretrained)) {
    return (await fetchFromHub(pretrained, { wants: 'weights' })).sha256;
  }
  return (await stat(pretrained)).isDirectory()
    ? undefined
    : withSource(pretrained, sha256OfSource);
}

/**
 * The published weights of a network from the cache, or those that it was imported with, checked by SHA-256.
 *
 * @throws InvalidInputError when the network has none; Error when the cache lacks the file
 */
export async function publishedWeights({
  name,
  network: { published },
}: NamedNetwork): Promise<StartingWeights> {
  if (published === undefined) {
    throw expected(
      'the path of a weights file or a run, or false,',
      'pretrained',
      true,
      `No package carries ImageNet weights of ${name}: name a file (${formatNames}) with --pretrained FILE, or begin with random weights by --no-pretrained (in a program \`pretrained\` is that file, or false)`,
    );
  }
  const { file, sha256: wanted, remedy, download } = published;
  // The hash of a model.json is not that of the files which it names.
  const fault = download && path.extname(file) === '.json' ? downloadFault(download) : undefined;
  if (fault !== undefined) {
    throw notReadable(name, fault);
  }
  const tensors = await withSource(file, async (source) => {
    const found = await sha256OfSource(source);
    if (found !== wanted) {
      const fetch = `Delete the file and run \`${fetchCommand(name)}\` to fetch it again`;
      throw expected(`SHA-256 ${wanted}`, file, found, remedy ?? fetch);
    }
    return readTensors(source);
  }).catch((cause: NodeJS.ErrnoException) => {
    if (!['ENOENT', 'EACCES'].includes(cause.code ?? '')) {
      throw cause;
    }
    throw remedy === undefined
      ? notReadable(name, closedFault(file) ?? `missing: ${file}`)
      : missing(path.basename(file), `the network ${path.dirname(file)}`, remedy);
  });
  return { file, tensors };
}

function notReadable(network: string, fault: string): Error {
  const command = fetchCommand(network);
  const way =
    command === setupCommand || fault.startsWith('not readable')
      ? wayOut(fault)
      : `run \`${command}\``;
  return new Error(
    `${network}'s ImageNet weights could not be read: ${fault}. To mend it, ${way}, or name a weights file of your own.`,
  );
}

const setupCommand = 'npx bobbin setup';

/** What fetches a network's weights: set-up fetches those of the default network alone. */
const fetchCommand = (network: string): string =>
  network === networkNames[0] ? setupCommand : `npx bobbin models --fetch ${network}`;
