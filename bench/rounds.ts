/** All contenders in turn, round after round, so that what slows the machine for a while slows none alone. */
import os from 'node:os';

export interface Rounds<Entry> {
  rounds: number;
  /** Adds one measurement to an entry; rejects with the reason where there is none. */
  runOnce(entry: Entry): Promise<void>;
  nameOf(entry: Entry): string;
}

/** The entries that finished every round; `leftOut` gets a line for each of the others. */
export async function inTurn<Entry>(
  entries: Entry[],
  { rounds, runOnce, nameOf }: Rounds<Entry>,
  leftOut: string[],
): Promise<Entry[]> {
  let remaining = entries;
  for (let round = 1; round <= rounds; round++) {
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

/** Throws, saying what is missing, where no contender is left to have a row. */
export function checkMeasured(rows: unknown[], leftOut: string[]): void {
  if (rows.length > 0) {
    return;
  }
  throw new Error(`Nothing was measured: all are left out.\n  ${leftOut.join('\n  ')}`);
}

/** What the numbers depend on, for the line below the tables. */
export function machineNow(): string {
  const machine = `${os.cpus()[0]?.model}, ${os.availableParallelism()} cores, Linux ${os.release()}, Node ${process.versions.node}`;
  return `${machine}; load average ${os.loadavg()[0]?.toFixed(1)} at the end`;
}
