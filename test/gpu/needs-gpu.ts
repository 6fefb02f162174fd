/** Options of tests that need a GPU: they are skipped, with the reason, where there is none. */
import { cudaStatus } from '../../src/pipeline/index.js';
import { devices } from '../../src/tensorflow/index.js';

const { available, reason } = cudaStatus();

export const needsGpu = { skip: !available && `there is no GPU: ${reason}` };

/** One that TensorFlow computes on, too. */
export const needsTensorFlowOnGpu = {
  skip:
    needsGpu.skip || (!devices().some(({ type }) => type === 'GPU') && 'TensorFlow lists no GPU'),
};
