/** A process for a test: loads an image as training does, and prints the CPU time and the memory that it took. */
import { readFileSync } from 'node:fs';
import { createLoader } from '../../src/pipeline/index.js';
import { plainPixels } from '../support/pictures.js';

/** The largest resident memory so far, in bytes. */
function peak(): number {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** Why the image was refused, if it was. */
async function load(path: string): Promise<string | undefined> {
  const loader = createLoader({
    samples: [{ path, label: 0 }],
    preprocessing: plainPixels(256, 224),
    batchSize: 1,
    damaged: 'mark',
    failureBudget: 1,
    threads: 2,
  });
  for await (const batch of loader.epoch(0)) {
    batch.release();
  }
  loader.close();
  return loader.failures[0]?.reason;
}

const [small, image] = process.argv.slice(2) as [string, string];
// What every image takes is there from here on.
await load(small);
const [peakBefore, before] = [peak(), process.cpuUsage()];
const reason = await load(image);
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({ reason, seconds: (user + system) / 1e6, grewBytes: peak() - peakBefore }),
);
