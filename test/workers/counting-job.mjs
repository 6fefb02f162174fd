/** A job for the tests: counts to `steps` in a file, which a later process goes on with, and writes that it is done, once. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

/**
 * @param {{ folder: string, steps: number, fault?: Record<string, string> }} request
 * @param {string} name
 * @param {import('../../src/workers/jobs.js').JobContext} context
 */
export async function runJob({ folder, steps, fault = {} }, name, { signal, tell, ask }) {
  const file = path.join(folder, `${name}.steps`);
  const count = () => (existsSync(file) ? readFileSync(file, 'utf8').length : 0);
  if (fault[name] === 'error') {
    throw new Error('the photo is gone');
  }
  if (fault[name] === 'exit') {
    console.error('out of memory');
    process.exit(3);
  }
  tell({ pid: process.pid, gpu: process.env.CUDA_VISIBLE_DEVICES });
  while (count() < steps) {
    signal.throwIfAborted();
    await setTimeout(20);
    appendFileSync(file, '.');
    tell({ step: count() }, true);
  }
  await ask({ ready: name });
  writeFileSync(path.join(folder, `${name}.done`), '', { flag: 'wx' });
}
