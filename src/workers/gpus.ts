/** The GPUs of this machine, and which one a worker gets: a process computes on one. */
import { readdirSync } from 'node:fs';
import { expected } from '../errors.js';
import { count } from '../plural.js';

/** The driver's name of the list of GPUs that a process sees. */
const variable = 'CUDA_VISIBLE_DEVICES';

/** The GPUs that this process may use, as CUDA_VISIBLE_DEVICES calls them. */
export function visibleGpus(): string[] {
  const listed = process.env[variable];
  if (listed === undefined) {
    return readdirSync('/dev')
      .filter((name) => /^nvidia\d+$/.test(name))
      .map((_, place) => String(place));
  }
  const names = listed.split(',').map((name) => name.trim());
  // The driver takes the names before the first that is none.
  const end = names.findIndex((name) => name === '' || name.startsWith('-'));
  return end < 0 ? names : names.slice(0, end);
}

/**
 * The variables that give each worker a GPU of its own; none where there is no GPU, or one worker.
 *
 * @throws InvalidInputError where there are fewer GPUs than workers: those of one GPU would wait for each other in each step
 */
export function gpuOfEach(workers: number): Record<string, string>[] {
  const gpus = workers > 1 ? visibleGpus() : [];
  if (gpus.length > 0 && gpus.length < workers) {
    const most = `at most ${count(gpus.length, 'worker')}, one for each GPU,`;
    const remedy = `With ${variable}= before the command all compute on the CPU`;
    throw expected(most, 'workers', workers, remedy);
  }
  return Array.from({ length: workers }, (_, place) => variablesFor(gpus[place]));
}

/** As {@link gpuOfEach}, for workers that compute without each other: several share a GPU where there are fewer. */
export function sharedGpus(workers: number): Record<string, string>[] {
  const gpus = visibleGpus();
  return Array.from({ length: workers }, (_, place) =>
    variablesFor(gpus.length > 1 ? gpus[place % gpus.length] : undefined),
  );
}

const variablesFor = (gpu: string | undefined): Record<string, string> =>
  gpu === undefined ? {} : { [variable]: gpu };
