/** Runs all contenders in every round, so that a slow phase of the machine slows all of them. */
import os from 'node:os';

export interface Rounds<Entry> {
  rounds: number;
  /** After the first round, one begins only if all end within these seconds, judging by those before. */
  seconds?: number;
  /** Adds one measurement to an entry; rejects with the reason if it fails. */
  runOnce(entry: Entry): Promise<void>;
  nameOf(entry: Entry): string;
}

/** Returns the entries that finished every round; adds a line to `leftOut` for each of the others. */
export async function inTurn<Entry>(
  entries: Entry[],
  { rounds, seconds = Number.POSITIVE_INFINITY, runOnce, nameOf }: Rounds<Entry>,
  leftOut: string[],
): Promise<Entry[]> {
  let remaining = entries;
  const start = performance.now();
  for (let round = 1; round <= rounds; round++) {
    const passed = (performance.now() - start) / 1000;
    if (round > 1 && (passed * round) / (round - 1) > seconds) {
      break;
    }
    const finished: Entry[] = [];
    for (const entry of remaining) {
      try {
        await runOnce(entry);
        finished.push(entry);
      } catch (error) {
        leftOut.push(`${nameOf(entry)}: ${(error as Error).message}`);
        console.log(`left out: ${leftOut.at(-1)}`);
      }
    }
    remaining = finished;
  }
  return remaining;
}

/** Throws with the reasons if no contender is left. */
export function checkMeasured(rows: unknown[], leftOut: string[]): void {
  if (rows.length > 0) {
    return;
  }
  throw new Error(`Nothing was measured: all are left out.\n  ${leftOut.join('\n  ')}`);
}

/** The machine and its load, for the line below the tables. */
export function machineNow(): string {
  const machine = `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Linux ${os.release()}, Node ${process.versions.node}`;
  return `${machine}; load average ${os.loadavg()[0]?.toFixed(1)} at the end`;
}
