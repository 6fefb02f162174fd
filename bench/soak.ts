/** The soak run: loads epoch after epoch for a given time and fails if memory grows. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Augmentation, type Batch, createLoader, type Loader } from '../src/index.js';
import { pipelineAddon } from '../src/pipeline/native-loader.js';
import { everything, preprocessing } from './job.js';
import { median } from './results.js';

export interface Soak {
  files: string[];
  minutes: number;
  threads: number;
  batchSize: number;
}

/** Time in which memory may still grow. */
const settlingSeconds = 60;
const sampleSeconds = 10;
const heldBatches = 3;
/**
 * Largest growth of the median resident memory, in MB, from the minute after settling to the last minute. Node's garbage
 * collector alone causes this much. In an hour of 1,000 images a second it is five bytes for each image.
 */
const tolerance = 16;
/**
 * V8 changes the size of its young generation between 1 and 16 MB for each half, even minutes after the start. With the
 * full size from the start this cannot hide a growth of Bobbin's memory.
 */
const fullYoungGeneration = '--min-semi-space-size=16';
/** Largest peak, in MB, above the memory before the loader was made. */
const peakOf = (ring: number) => 1.5 * ring + 100;

const augmentation: Partial<Augmentation> = { crop: 'random-resized', ...everything };

/** Resident memory of this process in MB: its present value or its peak. */
function memoryMB(which: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return (Number(new RegExp(`${which}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / 1e6;
}

/** Prints a line every ten seconds. Sets the exit code to 1 if the growth or the peak of memory is above its bound. */
export async function soak({ files, minutes, threads, batchSize }: Soak): Promise<void> {
  if (!process.execArgv.includes(fullYoungGeneration)) {
    const args = [...process.execArgv, fullYoungGeneration, ...process.argv.slice(1)];
    process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
    return;
  }
  pipelineAddon();
  const before = memoryMB('VmRSS');
  const loader = createLoader({
    samples: files.map((path) => ({ path, label: 0 })),
    preprocessing,
    augmentation,
    threads,
    batchSize,
    shuffle: true,
    damaged: 'refill',
    failureBudget: Number.POSITIVE_INFINITY,
  });
  console.log(
    `${files.length} files, ${threads} threads, ring ${megabytes(loader)} MB, ${before.toFixed(0)} MB before it`,
  );
  const samples = await sampleMemory(loader, 60 * minutes);
  loader.close();
  const peak = memoryMB('VmHWM') - before;
  const allowed = peakOf(Number(megabytes(loader)));
  console.log(`peak ${peak.toFixed(0)} MB over that, ${allowed.toFixed(0)} allowed`);
  if (peak > allowed) {
    process.exitCode = 1;
  }
  if (minutes < 3) {
    return console.log('growth: not judged in less than 3 minutes');
  }
  const growth = growthOf(samples);
  console.log(`growth ${growth.toFixed(1)} MB after the first minute, ${tolerance} allowed`);
  if (growth > tolerance) {
    process.exitCode = 1;
  }
}

const megabytes = (loader: Loader) => (loader.statistics.ringBytes / 1e6).toFixed(0);

/** Resident memory every ten seconds of `seconds`, while the loader runs at full speed. */
async function sampleMemory(loader: Loader, seconds: number): Promise<number[]> {
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const samples: number[] = [];
  const held: Batch[] = [];
  for (let epoch = 0; elapsed() < seconds; epoch++) {
    for await (const batch of loader.epoch(epoch)) {
      // Hold some batches as a training step does, so that every slot of the ring is used.
      held.push(batch);
      if (held.length === heldBatches) {
        held.shift()?.release();
      }
      if (elapsed() >= (samples.length + 1) * sampleSeconds) {
        samples.push(memoryMB('VmRSS'));
        const { images } = loader.statistics;
        console.log(
          `${elapsed().toFixed(0).padStart(5)} s  ${(samples.at(-1) as number).toFixed(1)} MB  ` +
            `epoch ${epoch}  ${images} images  ${loader.failures.length} damaged`,
        );
      }
      if (elapsed() >= seconds) {
        break;
      }
    }
  }
  for (const batch of held) {
    batch.release();
  }
  return samples;
}

/** Growth from the median of the minute after settling to the median of the last minute. */
function growthOf(samples: number[]): number {
  const minute = 60 / sampleSeconds;
  const settled = samples.slice(settlingSeconds / sampleSeconds);
  return median(settled.slice(-minute)) - median(settled.slice(0, minute));
}
