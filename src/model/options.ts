/** The options that choose a network, each declared once: type, default, range and help. */
import type { OptionTable } from '../options.js';
import { architectureNames } from './networks/index.js';

export const modelOptions = {
  architecture: {
    type: 'choice',
    choices: architectureNames,
    default: architectureNames[0],
    flag: 'model',
    help: 'network to train',
  },
  size: {
    type: 'integer',
    default: 224,
    min: 32,
    max: 1024,
    help: "side of the network's input in pixels, a multiple of 32",
  },
  pretrained: { type: 'boolean', default: true, help: 'the published ImageNet weights' },
} as const satisfies OptionTable;
