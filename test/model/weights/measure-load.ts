/** Loads weights files in this process: prints for each FILE in JSON the seconds, and by how many bytes memory peaked above before. */
import { withSource } from '../../../src/disk/index.js';
import { readTensors } from '../../../src/model/weights/index.js';
import { peakGrowth } from '../../support/hostile/memory.js';

async function measure(file: string): Promise<object> {
  // Needs --expose-gc.
  globalThis.gc?.();
  const start = performance.now();
  const { result, grown } = await peakGrowth(() =>
    withSource(file, readTensors).catch((error: Error) => error),
  );
  const seconds = (performance.now() - start) / 1000;
  const answer = result instanceof Map ? { tensors: result.size } : { error: `${result}` };
  return { file, ...answer, seconds, grown };
}

for (const file of process.argv.slice(2)) {
  process.stdout.write(`${JSON.stringify(await measure(file))}\n`);
}
