/** The comparison: every contender on the same JPEG files, each in a fresh process, in turn, round after round. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { textTable } from '../src/report/index.js';
import { drawChart } from './chart.js';
import { type Contender, contenders, decode } from './contenders.js';
import type { Job, Load, Outcome } from './job.js';
import { benchFolder, commandOf, complaint, measure } from './measure.js';
import { cellsOf, header, type Row, rowsOf, type Trial } from './results.js';

export interface Comparison {
  files: string[];
  rounds: number;
  /** Time on the clock of one run. */
  seconds: number;
  threads: number[];
  /** Names of contenders to run beside the yardstick and Bobbin; all where empty. */
  only: string[];
  /** Where the rows go as JSON. */
  json: string | undefined;
  /** Where the chart goes as PNG. */
  chart: string | undefined;
}

interface Entry {
  contender: Contender;
  trial: Trial;
}

const loads: Load[] = ['crop', 'everything'];

/** Runs the comparison, printing each result as it comes and the tables at the end. */
export async function compare(comparison: Comparison): Promise<void> {
  const entries = chooseEntries(comparison);
  const references = new Map<Load, Outcome>();
  for (let round = 1; round <= comparison.rounds; round++) {
    for (const entry of [...entries]) {
      const problem = await runOnce(entry, comparison, references);
      if (problem === undefined) continue;
      console.log(`! ${problem}; left out`);
      entries.splice(entries.indexOf(entry), 1);
    }
  }
  const rows = rowsOf(
    entries.map(({ trial }) => trial),
    decode.name,
  );
  await publish(rows, comparison);
}

function chooseEntries({ only, threads }: Comparison): Entry[] {
  const wanted = contenders.filter(
    ({ name }) => only.length === 0 || [...only, decode.name, 'bobbin'].includes(name),
  );
  const usable = wanted.filter((contender) => {
    const command = commandOf(contender);
    if (typeof command === 'string') console.log(`! ${command}`);
    return typeof command !== 'string';
  });
  return threads.flatMap((count) =>
    loads.flatMap((load) =>
      usable
        .filter((contender) => contender.loads.includes(load))
        .map((contender) => ({
          contender,
          trial: {
            contender: contender.name,
            load,
            threads: count,
            rates: [],
            version: '',
            remarks: contender.remarks ?? '',
          },
        })),
    ),
  );
}

/** Adds one rate to the entry's trial, or says why it has none. */
async function runOnce(
  { contender, trial }: Entry,
  { files, seconds }: Comparison,
  references: Map<Load, Outcome>,
): Promise<string | undefined> {
  const name = `${trial.contender}, ${trial.load}, threads ${trial.threads}`;
  try {
    const outcome = await measure(contender, jobOf(trial, files, seconds));
    if (contender.name === 'bobbin') references.set(trial.load, outcome);
    const reference = references.get(trial.load);
    // The yardstick runs before Bobbin and is checked from the second round on.
    const wrong = reference && complaint(outcome, reference);
    if (wrong) return `${name}: ${wrong}`;
    const rate = outcome.images / outcome.seconds;
    trial.rates.push(rate);
    trial.version = outcome.version;
    console.log(`${rate.toFixed(0).padStart(7)} images/s  ${name}`);
    return undefined;
  } catch (error) {
    return `${name}: ${(error as Error).message}`;
  }
}

function jobOf(trial: Trial, files: string[], seconds: number): Job {
  const content = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 16);
  const workspace = path.join(benchFolder, 'packed', content);
  mkdirSync(workspace, { recursive: true });
  const { load, threads } = trial;
  return { files, load, threads, seconds, batchSize: 64, checkImages: 512, workspace };
}

async function publish(rows: Row[], { json, chart, files, rounds, seconds }: Comparison) {
  for (const load of loads) {
    const cells = rows.filter(({ trial }) => trial === load).map(cellsOf);
    console.log(`\n${load === 'crop' ? 'crop only' : 'everything on'}`);
    console.log(textTable(header, cells));
  }
  const machine = `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Linux ${os.release()}, Node ${process.versions.node}`;
  const under = `load average ${os.loadavg()[0]?.toFixed(1)} at the end`;
  const caption = `${files.length} files; ${rounds} rounds of ${seconds} s; ${machine}; ${under}`;
  console.log(`\n${caption}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`);
  if (chart !== undefined) await drawChart(rows, caption, chart);
}
