/** The clients, and what is demanded of each: tfjs's answers, and no tensor left behind. */
import { readAnswers } from './answers.js';
import { type Comparison, compare } from './compare.js';
import { type Engine, type Measured, measure } from './measure.js';
import type { Photo } from './photo.js';

/** Each is a file `project/clients/NAME.cjs` with answers in `answers/`. */
export const clients = ['nsfwjs', 'face-api', 'human', 'upscaler'];

export interface Verdict extends Comparison {
  /** Of the fastest run; the first one does not count. */
  seconds: number;
  /** Tensors that the runs after the first one left behind. */
  kept: number;
}

/** Runs a client once more than `rounds`, and judges it by the answers to `photo`. */
export async function judge(
  client: string,
  photo: Photo,
  { rounds = 1, engine = 'tfjs-node' as Engine, node = process.execPath } = {},
): Promise<Verdict> {
  const measured = await measure({ client, engine, photo, rounds, node });
  const comparison = compare(measured.outputs, readAnswers(client, photo));
  const kept = keptTensors(measured);
  const leak = kept === 0 ? [] : [`${kept} tensors were left behind`];
  return {
    ...comparison,
    faults: [...comparison.faults, ...leak],
    seconds: Math.min(...measured.seconds.slice(1)),
    kept,
  };
}

const keptTensors = ({ tensors }: Measured) => (tensors.at(-1) ?? 0) - (tensors[0] ?? 0);
