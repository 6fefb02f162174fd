/** The options that choose a network, each declared once: type, default, range and help. */
import path from 'node:path';
import { isHubReference } from '../hub/index.js';
import { type GivenValues, isPath, type OptionTable } from '../options.js';
import { preprocessingOptions } from '../pipeline/index.js';
import { networkNamed, networkNames } from './networks/index.js';

export const modelOptions = {
  network: {
    type: 'network',
    choices: networkNames,
    default: undefined,
    defaultHelp: `${networkNames[0]}, or that of the run in pretrained`,
    flag: 'model',
    help: 'network to train, of the list or imported',
  },
  size: {
    type: 'integer',
    default: undefined,
    defaultHelp: "the network's own, or that of the run in pretrained",
    min: 32,
    max: 1024,
    help: "side of the network's input in pixels, a multiple of 32, or another one that the network takes",
  },
  pretrained: {
    type: 'weights',
    default: true,
    help: 'weights to start with: the published ImageNet weights, or those that the network was imported with (true); random ones (false, --no-pretrained); those of a weights file, also of a hub (hf:OWNER/NAME), without its head; or those that a run trained (RUN for its last epoch, RUN/best for its best), with its head if the classes are the same',
  },
  preprocessing: {
    type: 'choice',
    choices: ['weights', 'network'],
    default: undefined,
    defaultHelp: 'that of the weights; refused if the network says other numbers',
    help: 'whose mean, standard deviation and order of channels to take where the weights and the network differ',
  },
  ...preprocessingOptions,
} as const satisfies OptionTable;

/** Values of {@link modelOptions} that are given. */
type Given = GivenValues<typeof modelOptions>;

/**
 * `given` with the defaults that do not depend on a file, and with absolute paths: two of them can be compared wherever
 * they were written.
 */
export function completeModel({ network, size, pretrained = true, ...given }: Given = {}): Given {
  const name = typeof pretrained === 'string' ? network : (network ?? networkNames[0]);
  const isListed = name !== undefined && !isPath(name) && typeof pretrained !== 'string';
  return {
    ...given,
    network: networkPath(name),
    size: size ?? (isListed ? networkNamed(name).size : undefined),
    pretrained: weightsPath(pretrained),
  };
}

/** The value of `pretrained` that names the same file in every folder. */
export const weightsPath = (pretrained: boolean | string): boolean | string =>
  typeof pretrained === 'string' && !isHubReference(pretrained)
    ? path.resolve(pretrained)
    : pretrained;

/** The value of `network` that names the same one in every folder. */
export const networkPath = <Name extends string | undefined>(network: Name): Name | string =>
  network !== undefined && isPath(network) ? path.resolve(network) : network;
