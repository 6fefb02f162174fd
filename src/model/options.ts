/** The options that choose a network, each declared once: type, default, range and help. */
import path from 'node:path';
import { expected } from '../errors.js';
import type { GivenValues, OptionTable } from '../options.js';
import { networkNamed, networkNames } from './networks/index.js';

export const modelOptions = {
  network: {
    type: 'choice',
    choices: networkNames,
    default: undefined,
    defaultHelp: `${networkNames[0]}, or that of the run in pretrained`,
    flag: 'model',
    help: 'network to train',
  },
  size: {
    type: 'integer',
    default: undefined,
    defaultHelp: '224, or that of the run in pretrained',
    min: 32,
    max: 1024,
    help: "side of the network's input in pixels, a multiple of 32",
  },
  pretrained: {
    type: 'weights',
    default: true,
    help: 'weights to start with: the published ImageNet weights (true); random ones (false, --no-pretrained); those of a weights file, without its head; or those that a run trained (RUN for its last epoch, RUN/best for its best), with its head if the classes are the same',
  },
} as const satisfies OptionTable;

/** Values of {@link modelOptions} that are given. */
type Given = GivenValues<typeof modelOptions>;

/**
 * `given` with the defaults that do not depend on a file, and with an absolute path: two of them can be compared wherever
 * they were written.
 */
export function completeModel({ network, size, pretrained = true }: Given = {}): Given {
  if (typeof pretrained === 'string') {
    return { network, size, pretrained: weightsPath(pretrained) };
  }
  const name = network ?? networkNames[0];
  return { network: name, size: size ?? networkNamed(name).size, pretrained };
}

/** @throws InvalidInputError where the strides of a network leave a fraction of a pixel. */
export function checkSize(size: number | undefined): void {
  if (size !== undefined && size % 32 !== 0) {
    throw expected('a multiple of 32', 'size', size);
  }
}

/** The value of `pretrained` that names the same file in every folder. */
export const weightsPath = (pretrained: boolean | string): boolean | string =>
  typeof pretrained === 'string' ? path.resolve(pretrained) : pretrained;
