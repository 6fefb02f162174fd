/** The comparison: checks every contender on the same JPEG files, then runs each in a fresh process, alternating, round after round. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expected } from '../src/errors.js';
import { textTable } from '../src/report/index.js';
import { drawChart } from './chart.js';
import { check, checkDecode } from './check/check.js';
import { makeCheckPictures } from './check/check-pictures.js';
import { bobbin, type Contender, decode, peers } from './contenders.js';
import { type Load, loads } from './job.js';
import { absence, measure, workspaceOf } from './measure.js';
import { checkOutput, writeJson } from './output.js';
import { checkThreads } from './processes.js';
import { cellsOf, header, type Row, rowsOf, type Trial } from './results.js';
import { checkMeasured, inTurn, machineNow } from './rounds.js';

/** Options of a comparison. */
export interface Timed {
  files: string[];
  rounds: number;
  /** Measured time of one run. */
  seconds: number;
  threads: number[];
}

export interface Comparison extends Timed {
  /** Names of the peers to run with the yardstick and Bobbin; empty for all. */
  only: string[];
  /** A file for the rows, as JSON. */
  json: string | undefined;
  /** A file for the chart: PNG, or SVG if its name ends in .svg. */
  chart: string | undefined;
}

interface Entry {
  contender: Contender;
  trial: Trial;
}

/** Runs the comparison; prints each result at once and the tables at the end. */
export async function compare(comparison: Comparison): Promise<void> {
  const { files, only, json, chart } = comparison;
  const names = peers.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw expected(`one of ${names.join('; ')}`, '--only', unknown);
  }
  checkThreads(comparison.threads);
  checkOutput('--json', json);
  checkOutput('--chart', chart);
  const leftOut: string[] = [];
  const chosen = peers.filter(({ name }) => only.length === 0 || only.includes(name));
  const sound = await checkAll([decode, bobbin, ...chosen], files, leftOut);
  const rows = await race(sound, comparison, leftOut);
  await writeJson(json, rows);
  if (chart !== undefined) {
    await drawChart(rows, captionOf(comparison), chart);
  }
}

/** Times contenders alternately, prints the tables and returns their rows. Rejects with the reasons if all are left out. */
export async function race(
  contenders: Contender[],
  timed: Timed,
  leftOut: string[],
): Promise<Row[]> {
  const workspace = workspaceOf(timed.files);
  const runOnce = (entry: Entry) => addRate(entry, timed, workspace);
  const all = entriesOf(contenders, timed.threads);
  const entries = await inTurn(all, { rounds: timed.rounds, runOnce, nameOf }, leftOut);
  const rows = rowsOf(
    entries.map(({ trial }) => trial),
    decode.name,
  );
  checkMeasured(rows, leftOut);
  publish(rows, leftOut, timed);
  return rows;
}

/** The contenders whose pixels pass the check. */
export async function checkAll(contenders: Contender[], files: string[], leftOut: string[]) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-bench-'));
  const sound: Contender[] = [];
  try {
    const pictures = await makeCheckPictures(files, folder);
    for (const contender of contenders) {
      const problem =
        absence(contender) ??
        (await (contender === decode
          ? checkDecode(contender, pictures)
          : check(contender, pictures)
        ).catch((error: Error) => error.message));
      console.log(`${contender.name}: ${problem ?? 'renders as requested'}`);
      if (problem === undefined) {
        sound.push(contender);
      } else {
        leftOut.push(`${contender.name}: ${problem}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return sound;
}

function entriesOf(contenders: Contender[], threads: number[]): Entry[] {
  return threads.flatMap((count) =>
    (Object.keys(loads) as Load[]).flatMap((load) =>
      contenders
        .filter((contender) => contender.loads.includes(load))
        .map((contender) => {
          const { name, remarks = '' } = contender;
          const trial = { contender: name, load, threads: count, rates: [], version: '', remarks };
          return { contender, trial };
        }),
    ),
  );
}

const nameOf = ({ trial: { contender, load, threads } }: Entry) =>
  `${contender}, ${loads[load]}, threads: ${threads}`;

/** Adds one rate to the entry's trial. */
async function addRate(entry: Entry, { files, seconds }: Timed, workspace: string) {
  const { contender, trial } = entry;
  const { load, threads } = trial;
  const job = { files, load, whole: false, threads, seconds, batchSize: 64, pixels: null };
  const outcome = await measure(contender, { ...job, workspace });
  const rate = outcome.images / outcome.seconds;
  trial.rates.push(rate);
  trial.version = outcome.version;
  console.log(`${rate.toFixed(0).padStart(7)} images/s  ${nameOf(entry)}`);
}

function publish(rows: Row[], leftOut: string[], timed: Timed): void {
  for (const load of Object.values(loads)) {
    const cells = rows.filter(({ trial }) => trial === load).map(cellsOf);
    console.log(`\n${load}`);
    console.log(textTable(header, cells));
  }
  if (leftOut.length > 0) {
    console.log(`\nleft out:\n  ${leftOut.join('\n  ')}`);
  }
  console.log(`\n${captionOf(timed)}`);
}

const captionOf = ({ files, rounds, seconds }: Timed) =>
  `${files.length} files; ${rounds} rounds of ${seconds} s; ${machineNow()}`;
