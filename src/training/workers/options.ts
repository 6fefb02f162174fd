/** Options of a training that several workers share. */
import type { OptionTable } from '../../options.js';
import { allReduceOptions } from '../../tensorflow/index.js';

export const workerOptions = {
  batchNorm: {
    type: 'choice',
    choices: ['synchronised', 'local'],
    default: 'synchronised',
    help: "with several workers, the images whose statistics batch normalisation uses: those of the whole batch, as in one process, or those of each worker's share, without waiting for the others",
  },
  bucketMB: {
    ...allReduceOptions.bucketMB,
    help: 'with several workers, the most data of gradients that travels at once, in MB: smaller buckets begin earlier during the backward pass, larger ones cost fewer messages',
  },
} as const satisfies OptionTable;
