/** The bundle of tfjs-core's specifications; it needs Bobbin's backend. */
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';

export { jitKernels } from './jitted-kernels.js';

setTestEnvs([{ name: 'test-tensorflow', backendName: 'tensorflow', flags: {}, isDataSync: true }]);

/** Declares every specification; the test environment must be set first. */
export async function declareSpecifications(): Promise<void> {
  await import('@tensorflow/tfjs-core/dist/tests.js');
}
