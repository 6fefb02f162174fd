/** What each kernel uses of a GPU, read from the output of `ptxas -v`. */
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../root.mjs';
import { ask } from '../run.mjs';

/**
 * A kernel as compiled for one architecture: registers of a thread; bytes of a block's static shared memory; bytes of a
 * thread's stack; bytes of registers that did not fit, stored and loaded.
 * @typedef {object} Resources
 * @property {string} kernel
 * @property {string} architecture
 * @property {number} registers
 * @property {number} shared
 * @property {number} stack
 * @property {number} spillStores
 * @property {number} spillLoads
 */

/**
 * The resources of each kernel in `log`, the output of `ptxas -v`, in its order.
 * @param {string} log
 */
export const readResources = (log) =>
  log
    .split(/(?=Compiling entry function)/)
    .slice(1)
    .map(resourcesOf);

/**
 * @param {string} text
 * @returns {Resources}
 */
function resourcesOf(text) {
  const [, name = '', architecture = ''] = text.match(/entry function '(\w+)' for '(\w+)'/) ?? [];
  // One of the kernel itself, and one of each function that it calls.
  const frames = [
    ...text.matchAll(/(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes/g),
  ];
  /** @param {number} i */
  const sum = (i) => frames.reduce((total, frame) => total + Number(frame[i]), 0);
  return {
    kernel: readable(name),
    architecture,
    registers: Number(text.match(/Used (\d+) registers/)?.[1]),
    shared: Number(text.match(/(\d+) bytes smem/)?.[1] ?? 0),
    stack: sum(1),
    spillStores: sum(2),
    spillLoads: sum(3),
  };
}

/**
 * The kernels that spill, with their architecture.
 * @param {Resources[]} resources
 */
export const spilling = (resources) =>
  resources
    .filter(({ spillStores, spillLoads }) => spillStores + spillLoads > 0)
    .map(({ kernel, architecture }) => `${kernel} for ${architecture}`);

/** @type {[keyof Resources, string][]} */
const columns = [
  ['kernel', 'kernel'],
  ['architecture', 'architecture'],
  ['registers', 'registers'],
  ['shared', 'shared memory'],
  ['stack', 'stack'],
  ['spillStores', 'spill stores'],
  ['spillLoads', 'spill loads'],
];

/**
 * A line for each kernel and architecture; memory in bytes.
 * @param {Resources[]} resources
 */
export function resourceTable(resources) {
  const rows = [
    columns.map(([, title]) => title),
    ...resources.map((of) => columns.map(([key]) => String(of[key]))),
  ];
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  /**
   * @param {string} text
   * @param {number} i
   */
  const cell = (text, i) => (i < 2 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0));
  return rows.map((row) => row.map(cell).join('  ')).join('\n');
}

/**
 * `render_kernel<kFloat32, kChannelsLast>` of a mangled name.
 * @param {string} mangled
 */
function readable(mangled) {
  const name = ask('c++filt', ['--no-params', mangled]) ?? mangled;
  return name
    .replace(/\((?:\w+::)*(\w+)\)(\d+)/g, (_, type, value) => enumerators[type]?.[value] ?? value)
    .replace(/^void /, '')
    .replace(/[\w()]+( \w+\))?::/g, '');
}

/**
 * The names of an `enum class`'s values in a header, from 0 on.
 * @param {string} type
 * @param {string} header below `native`
 */
function namesOf(type, header) {
  const source = fs.readFileSync(path.join(packageRoot, 'native', header), 'utf8');
  const [, body = ''] = source.match(new RegExp(`enum class ${type}\\b[^{]*{([^}]*)}`)) ?? [];
  return [...body.replace(/\/\/.*/g, '').matchAll(/\w+/g)].map(([name]) => name);
}

/** @type {Record<string, string[]>} */
const enumerators = {
  PixelType: namesOf('PixelType', 'core/base/output.h'),
  Layout: namesOf('Layout', 'device/base/device.h'),
};
