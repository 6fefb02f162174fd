/** `npm run bench -- crops FOLDER`: how near prediction by five or ten windows comes to the bare forward pass at the same batch. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expected } from '../../src/errors.js';
import type { NetworkName } from '../../src/model/index.js';
import { viewsOf } from '../../src/pipeline/index.js';
import { count } from '../../src/plural.js';
import type { ClassifyOptions } from '../../src/prediction/index.js';
import { checkOutput, writeJson } from '../output.js';
import { runOnCores } from '../processes.js';
import { median } from '../results.js';
import { machineNow } from '../rounds.js';
import { type CropsJob, type CropsOutcome, ways } from './job.js';
import { bestRatio, type CropsRound, cropsRowsOf, cropsTable } from './results.js';

export interface CropsComparison extends Pick<ClassifyOptions, 'crops' | 'batchSize'> {
  net: NetworkName;
  rounds: number;
  /** A file for the rows and rounds, as JSON. */
  json: string | undefined;
}

/** Starting, tracing and the images of a run. */
const mostSeconds = 900;

/** Runs all ways in each round, in fresh processes; every other round in the reverse order. */
export async function compareCrops(
  all: readonly string[],
  { net, crops, batchSize, rounds, json }: CropsComparison,
): Promise<void> {
  checkOutput('--json', json);
  const threads = os.availableParallelism();
  const views = viewsOf({ crop: crops });
  const batch = Math.max(1, Math.floor(batchSize / views));
  const files = all.slice(0, all.length - (all.length % batch));
  if (files.length === 0) {
    throw expected(`at least ${count(batch, 'sound JPEG file')}`, 'the folder', all.length);
  }
  const job = { net, crops, batch, files, threads };
  const measured: CropsRound[] = [];
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? ways : [...ways].reverse();
    const outcomes: Partial<CropsRound> = {};
    for (const way of order) {
      outcomes[way] = await outcomeOf({ ...job, way });
      const { ms, cpuMs } = outcomes[way];
      console.log(`${(1000 / ms).toFixed(2)} images/s, CPU ${cpuMs.toFixed(1)} ms  ${way}`);
    }
    checkSame(outcomes as CropsRound);
    measured.push(outcomes as CropsRound);
  }
  const rows = cropsRowsOf(measured, threads);
  console.log(`\n${cropsTable(rows)}\n`);
  tellBound(measured, threads);
  const windows = `${count(batch, 'image')} × ${count(views, 'window')}`;
  const work = `${count(files.length, 'image')} in batches of ${windows}, ${count(rounds, 'round')}`;
  console.log(`\n${net}, ${work}; ${machineNow()}`);
  await writeJson(json, { rows, rounds: measured.map(withoutProbabilities) });
}

async function outcomeOf(job: CropsJob): Promise<CropsOutcome> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));
  try {
    const file = path.join(folder, 'job.json');
    writeFileSync(file, JSON.stringify(job));
    const program = path.join(import.meta.dirname, 'process.ts');
    const command = [process.execPath, '--import', 'tsx', program, file];
    const output = await runOnCores(command, { threads: job.threads, seconds: mostSeconds });
    return JSON.parse(output.trim().split('\n').at(-1) as string);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @throws an Error when prediction gives the first batch another probability than the bare pass */
function checkSame(round: CropsRound): void {
  const [bare, own] = [round['bare pass'], round.predict].map(({ probabilities }) => probabilities);
  if (JSON.stringify(bare) !== JSON.stringify(own)) {
    throw new Error('Expected the same probabilities from the bare pass and from predict');
  }
}

function tellBound(rounds: readonly CropsRound[], cores: number): void {
  const share = median(
    rounds.map((round) => round['images alone'].cpuMs / round['bare pass'].cpuMs),
  );
  const waited = median(rounds.map(({ predict }) => predict.waitShare));
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  console.log(`Reading, decoding and cropping take ${percent(share)} of the CPU time of the pass.`);
  const best = bestRatio(rounds, cores).toFixed(3);
  console.log(`On ${count(cores, 'core')} at most × ${best} is possible for predict.`);
  console.log(`predict waited for images in ${percent(waited)} of its time.`);
}

const withoutProbabilities = (round: CropsRound) =>
  Object.fromEntries(ways.map((way) => [way, { ...round[way], probabilities: undefined }]));
