/** What doctor says of the CUDA device: it asks the addon. */
import { without } from './finding.mjs';
import { findDriver } from './gpu.mjs';
import { ask } from './run.mjs';

/**
 * @import { Finding } from './finding.mjs'
 * @import { Machine } from './gpu.mjs'
 */

/**
 * The addon's answer, from `cudaStatus` and `cudaDecoders`; `driver` is its version of CUDA, 1000 · major + 10 · minor.
 * @typedef {{available: boolean, reason: string, name: string, driver: number, decoders: string}} DeviceAnswer
 */

const question = `
const [addon, library] = process.argv.slice(1);
const { cudaStatus, cudaDecoders } = require(addon);
const status = cudaStatus(library);
const decoders = status.available ? cudaDecoders(library, 0) : '';
console.log(JSON.stringify({ ...status, decoders }));`;

/**
 * The first device, or why there is none. A machine without one is in order.
 * @param {string} addon
 * @param {string} library
 * @param {Machine} [machine]
 * @returns {Finding}
 */
export function inspectDevice(addon, library, machine = {}) {
  if (findDriver(machine) === undefined) {
    return without('none');
  }
  // In a process of its own: nvJPEG takes memory on the GPU, and a driver may crash.
  const answer = ask(process.execPath, ['-e', question, addon, library]);
  if (answer === undefined) {
    return without('unknown until the native addon is in order');
  }
  return describe(JSON.parse(answer), library);
}

/**
 * An answer in words.
 * @param {DeviceAnswer} answer
 * @param {string} library
 * @returns {Finding}
 */
export function describe({ available, reason, name, driver, decoders }, library) {
  if (!available) {
    return without(reason);
  }
  const cuda = `CUDA ${Math.floor(driver / 1000)}.${(driver % 1000) / 10}`;
  const version = `${name}, ${cuda} by its driver, nvJPEG: ${decoders}`;
  return { ok: true, version, from: library };
}
