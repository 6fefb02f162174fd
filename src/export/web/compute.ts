/** The probabilities of an exported model by plain tfjs, in a thread of its own. */
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { readRegular } from '../../disk/index.js';
import { expected } from '../../errors.js';
import type { Computed, Images } from '../format.js';

/**
 * The probabilities of `images` by the model in `folder`, `model.json` with the shards of its weights.
 *
 * @throws InvalidInputError when tfjs cannot compute it
 */
export async function compute(folder: string, images: Images): Promise<Computed> {
  const files = new Map<string, Uint8Array>();
  for (const name of await readdir(folder)) {
    files.set(name, await readRegular(path.join(folder, name)));
  }
  const worker = new Worker(new URL('./compute-thread.mjs', import.meta.url), {
    execArgv: [],
    workerData: { files, ...images },
  });
  try {
    const [computed] = await once(worker, 'message');
    return computed as Computed;
  } catch (error) {
    // Its WASM backend lacks some operations.
    throw expected('a network that plain tfjs computes', 'a web export', (error as Error).message);
  } finally {
    await worker.terminate();
  }
}
