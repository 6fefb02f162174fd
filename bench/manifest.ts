/** A data set of many samples: seconds to save and to load its manifest, memory, and the wait for a first batch. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { manifestFile } from '../src/dataset/index.js';
import {
  createLoader,
  loadManifest,
  type Manifest,
  resolveSamples,
  type Sample,
  SampleTable,
  samplesOf,
  saveManifest,
} from '../src/index.js';
import { pipelineAddon } from '../src/pipeline/native-loader.js';
import { preprocessing } from './job.js';

/** What must hold for ten million samples. */
const bounds = { loadSeconds: 60, bytesPerSample: 500, firstBatchSeconds: 1 };
const task = {
  name: 'photos',
  classes: Array.from({ length: 1000 }, (_, label) => `class ${label}`),
};

/**
 * Saves a manifest of `samples` samples, and runs {@link measureLoading} in a fresh process. The samples repeat the photos in
 * `files`. Sets the exit code to 1 if that fails.
 */
export async function measureManifest(files: string[], samples: number): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-manifest-'));
  try {
    const building = startClock();
    const table = SampleTable.from(repeated(files, samples));
    const built = building();
    const manifest: Manifest = {
      version: 1,
      root: '/',
      seed: 1,
      tasks: [task],
      samples: table,
      questions: [],
    };
    const saving = startClock();
    await saveManifest(manifest, folder);
    const megabytes = statSync(manifestFile(folder)).size / 1e6;
    console.log(`${samples} samples, which repeat ${files.length} photos: table ${built.text}`);
    console.log(`save ${saving().text}, ${megabytes.toFixed(0)} MB`);
    const args = [...process.execArgv, process.argv[1] as string, 'manifest', '--from', folder];
    process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Loads a manifest and a first batch of its training samples. Sets the exit code to 1 outside the {@link bounds}. */
export async function measureLoading(folder: string): Promise<void> {
  pipelineAddon();
  const before = residentMemory();
  const loading = startClock();
  const manifest = await loadManifest(folder);
  const loaded = loading();
  const bytesPerSample = (residentMemory() - before) / manifest.samples.length;
  console.log(
    `load ${loaded.text}, ${bytesPerSample.toFixed(0)} bytes of resident memory a sample`,
  );

  const choosing = startClock();
  const samples = samplesOf(manifest, task.name, 'train');
  console.log(`choose ${samples.length} of a split ${choosing().text}`);
  const waiting = startClock();
  const loader = createLoader({
    samples: resolveSamples(manifest, samples),
    preprocessing,
    shuffle: true,
  });
  for await (const batch of loader.epoch(0)) {
    batch.release();
    break;
  }
  const waited = waiting();
  loader.close();
  console.log(`createLoader to the first batch of ${loader.batchSize} ${waited.text}`);
  const found = { loadSeconds: loaded.seconds, bytesPerSample, firstBatchSeconds: waited.seconds };
  for (const [name, value] of Object.entries(found)) {
    if (value > bounds[name as keyof typeof bounds]) {
      console.log(`${name} is above ${bounds[name as keyof typeof bounds]}`);
      process.exitCode = 1;
    }
  }
}

function* repeated(files: string[], count: number): Generator<Sample> {
  for (let index = 0; index < count; index++) {
    yield {
      path: files[index % files.length] as string,
      task: task.name,
      label: index % task.classes.length,
      maybe: [],
      split: index % 10 === 0 ? 'validation' : 'train',
      hash: createHash('sha256').update(`${index}`).digest('hex'),
      size: index,
      modified: 1_700_000_000_000 + index,
    };
  }
}

/** The clock's answer: seconds since its start, and those that cores worked for this process, on a machine that is not quiet. */
function startClock(): () => { seconds: number; text: string } {
  const [start, before] = [performance.now(), process.cpuUsage()];
  return () => {
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(before);
    const busy = (user + system) / 1e6;
    return { seconds, text: `${seconds.toFixed(2)} s (cores ${busy.toFixed(2)} s)` };
  };
}

/** In bytes, without what can be freed. */
function residentMemory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().rss;
}
