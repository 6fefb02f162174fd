/** Options of tests that need a GPU: without one they are skipped, with the reason. */
import { cudaStatus } from '../../src/pipeline/index.js';
import { devices } from '../../src/tensorflow/index.js';

const { available, reason } = cudaStatus();

export const needsGpu = { skip: !available && `there is no GPU: ${reason}` };

/** A GPU that TensorFlow also uses. */
export const needsTensorFlowOnGpu = {
  skip:
    needsGpu.skip || (!devices().some(({ type }) => type === 'GPU') && 'TensorFlow lists no GPU'),
};
