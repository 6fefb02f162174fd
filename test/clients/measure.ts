/** Runs a client in a process of its own, under any version of Node and on any engine. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Outputs } from './compare.js';
import type { Photo } from './photo.js';
import { project } from './set-up.js';

/** Bobbin in the place of tfjs-node, or a backend of tfjs itself there. */
export type Engine = 'tfjs-node' | 'cpu' | 'wasm';

export interface Job {
  client: string;
  engine: Engine;
  photo: Photo;
  /** How often to run after the first time. */
  rounds: number;
  /** The program of Node. */
  node?: string;
}

/** What one process found; the lists have one entry for each run. */
export interface Measured {
  outputs: Outputs;
  seconds: number[];
  /** Tensors that are alive after the run. */
  tensors: number[];
}

/** The slowest, human on tfjs's CPU backend, takes minutes. */
const timeout = 20 * 60_000;

/** @throws an Error with what the process wrote, if it failed, be it after it sent what it measured */
export async function measure({ node = process.execPath, ...job }: Job): Promise<Measured> {
  const child = fork(path.join(project, 'measure.cjs'), [JSON.stringify(job)], {
    execPath: node,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout,
  });
  let measured: Measured | undefined;
  let written = '';
  child.stderr?.on('data', (piece) => {
    written += piece;
  });
  child.on('message', (message) => {
    measured = message as Measured;
  });
  const [code, signal] = await once(child, 'close');
  if (code !== 0 || measured === undefined) {
    throw new Error(`${job.client} ended with ${signal ?? `exit status ${code}`}: ${written}`);
  }
  return measured;
}
