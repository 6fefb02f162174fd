/** One worker of the soak run of a cluster: trains at a steady pace, in a process of its own. */
import { setTimeout as wait } from 'node:timers/promises';
import { cluster } from '../../src/cluster/index.js';
import { loadManifest, taskOf } from '../../src/dataset/index.js';
import { train } from '../../src/training/index.js';
import { tinyClassifier } from '../craft/tiny.js';

/** What a worker is begun with, as JSON in its first argument. */
export interface Work {
  /** Addresses of all workers. */
  workers: string[];
  index: number;
  data: string;
  run: string;
  task: string;
  batchSize: number;
  epochs: number;
  /** From the begin of one step to that of the next, in milliseconds; 0: at full speed. */
  stepMilliseconds: number;
}

const work: Work = JSON.parse(process.argv[2] as string);
const { workers, index, data, run, task, batchSize, epochs, stepMilliseconds } = work;
// Nobody else ends it where the soak run is killed.
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
await cluster({ workers, index });
const manifest = await loadManifest(data);
let begun = 0;
const { finished } = await train({
  ...{ manifest, task, run, batchSize, epochs, threads: 1 },
  classifier: tinyClassifier([taskOf(manifest, task)], 32, 1),
  callbacks: [
    {
      begin() {
        begun = performance.now();
      },
      async step({ step }) {
        process.send?.({ step });
        await wait(Math.max(0, begun + step * stepMilliseconds - performance.now()));
      },
      epoch({ epoch }) {
        process.send?.({ epoch });
      },
    },
  ],
});
process.exitCode = finished ? 0 : 1;
