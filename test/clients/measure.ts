/** Runs a client in a process of its own, under any version of Node and on any engine. */
import { fork } from 'node:child_process';
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

/** @throws an Error with what the process wrote, if it failed */
export function measure({ node = process.execPath, ...job }: Job): Promise<Measured> {
  const child = fork(path.join(project, 'measure.cjs'), [JSON.stringify(job)], {
    execPath: node,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let written = '';
  child.stderr?.on('data', (piece) => {
    written += piece;
  });
  return new Promise((resolve, reject) => {
    child.on('message', (measured) => resolve(measured as Measured));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      reject(new Error(`${job.client} ended with ${signal ?? `exit status ${code}`}: ${written}`)),
    );
  });
}
