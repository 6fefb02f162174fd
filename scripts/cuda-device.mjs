/** What doctor says of the CUDA device, which the addon is asked about. */
import { findDriver } from './gpu.mjs';
import { ask } from './run.mjs';

const question = `
const [addon, library] = process.argv.slice(1);
const { cudaStatus, cudaDecoders } = require(addon);
const status = cudaStatus(library);
const decoders = status.available ? cudaDecoders(library, 0) : '';
console.log(JSON.stringify({ ...status, decoders }));`;

/** The first device, or why there is none, which is no fault. */
export function inspectDevice(addon, library, machine = {}) {
  const without = (remedy) => ({ ok: false, optional: true, remedy });
  if (findDriver(machine) === undefined) {
    return without('none');
  }
  // In a process of its own: nvJPEG's words take memory on the GPU, and a driver may crash.
  const answer = ask(process.execPath, ['-e', question, addon, library]);
  if (answer === undefined) {
    return without('unknown until the native addon is in order');
  }
  return describe(JSON.parse(answer), library);
}

/** An answer in words; versions come as 1000 · major + 10 · minor. */
export function describe({ available, reason, name, driver, decoders }, library) {
  if (!available) {
    return { ok: false, optional: true, remedy: reason };
  }
  const cuda = `CUDA ${Math.floor(driver / 1000)}.${(driver % 1000) / 10}`;
  const version = `${name}, ${cuda} by its driver, nvJPEG: ${decoders}`;
  return { ok: true, version, from: library };
}
