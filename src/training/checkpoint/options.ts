/** When a run saves a checkpoint besides the ends of epochs. */
import type { OptionTable } from '../../options.js';

export const checkpointOptions = {
  checkpointMinutes: {
    type: 'number',
    default: 10,
    min: 0,
    max: 100_000,
    help: 'minutes after which an epoch saves a checkpoint between two steps; 0: only at its end',
  },
} as const satisfies OptionTable;
