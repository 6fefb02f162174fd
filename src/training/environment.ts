/** `environment.json` of a run: the versions and the machine that it was last trained with. */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ifPresent, isObject, parseJson, readText, writeWhole } from '../disk/index.js';
import { tensorflowVersion } from '../set-up.js';
import { devices } from '../tensorflow/index.js';

/** What a run depends on beside its options and images. */
export interface Environment {
  /** Versions. */
  bobbin: string;
  node: string;
  tensorflow: string;
  /** Name and version of the operating system's kernel. */
  system: string;
  /** The model of the CPU, as the system calls it. */
  cpu: string;
  /** Hardware threads that this process may use. */
  threads: number;
  /** Of the machine, in bytes. */
  memoryBytes: number;
  /** TensorFlow's names of the devices other than the CPU; none without a GPU. */
  gpus: string[];
}

const fileOf = (run: string): string => path.join(run, 'environment.json');

/** Writes `run/environment.json`, whole or not at all. */
export async function saveEnvironment(run: string): Promise<void> {
  await writeWhole(fileOf(run), `${JSON.stringify(await environmentNow(), null, 2)}\n`);
}

/** Of this process. */
export async function environmentNow(): Promise<Environment> {
  const manifest = await readText(fileURLToPath(new URL('../../package.json', import.meta.url)));
  return {
    bobbin: JSON.parse(manifest).version,
    node: process.versions.node,
    tensorflow: tensorflowVersion(),
    system: `${os.type()} ${os.release()}`,
    cpu: os.cpus()[0]?.model.trim() || os.arch(),
    threads: os.availableParallelism(),
    memoryBytes: os.totalmem(),
    gpus: devices()
      .filter(({ type }) => type !== 'CPU')
      .map(({ name }) => name),
  };
}

/**
 * The environment of the run in `folder`; undefined if an earlier version, which wrote none, trained it.
 *
 * @throws InvalidInputError when the file is damaged
 */
export async function readEnvironment(folder: string): Promise<Partial<Environment> | undefined> {
  const file = fileOf(folder);
  const json = await ifPresent(readText(file));
  const value = json === undefined ? undefined : parseJson(json, file);
  return isObject(value) ? (value as Partial<Environment>) : undefined;
}
