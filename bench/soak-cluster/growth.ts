/** What a process holds, and whether that grew. */
import { readdirSync, readFileSync } from 'node:fs';
import { median } from '../results.js';

/** What a process holds at a moment. */
export interface Holding {
  /** Resident memory. */
  memoryMB: number;
  threads: number;
  descriptors: number;
}

/** The memory, threads and descriptors of the process `pid`. @throws an Error when there is no such process */
export function holdingOf(pid: number): Holding {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return {
    memoryMB: (number('VmRSS') * 1024) / 1e6,
    threads: number('Threads'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}

/** How much the median of the last half of the samples is above that of the first half. */
export function growthOf(samples: readonly Holding[]): Holding {
  const half = samples.length / 2;
  const growth = (what: keyof Holding) => {
    const values = samples.map((sample) => sample[what]);
    return median(values.slice(Math.ceil(half))) - median(values.slice(0, Math.floor(half)));
  };
  return {
    memoryMB: growth('memoryMB'),
    threads: growth('threads'),
    descriptors: growth('descriptors'),
  };
}
