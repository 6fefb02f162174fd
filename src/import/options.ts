/** The options of an import. */
import { preprocessingOptions } from '../pipeline/index.js';

const fromFile = { default: undefined, defaultHelp: 'as the file says' } as const;

/** Overrides what a file says of its preprocessing. */
export const importOptions = {
  size: {
    type: 'integer',
    ...fromFile,
    min: 8,
    max: 2048,
    help: 'side of the input in pixels',
  },
  cropShare: {
    type: 'number',
    ...fromFile,
    min: 0.1,
    max: 1,
    help: "share of a photo's side that the input keeps",
  },
  channels: {
    type: 'choice',
    choices: ['rgb', 'bgr'],
    ...fromFile,
    help: 'order of the colours that the network takes',
  },
  filter: { ...preprocessingOptions.filter, ...fromFile },
  fit: { ...preprocessingOptions.fit, ...fromFile },
} as const;
