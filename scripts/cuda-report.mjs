/** What each kernel takes of a GPU, from the words of `ptxas -v`. */
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from './root.mjs';
import { ask } from './run.mjs';

/** What `log`, the words of `ptxas -v`, says of each kernel, in its order: cuda-report.d.mts has the fields. */
export const readResources = (log) =>
  log
    .split(/(?=Compiling entry function)/)
    .slice(1)
    .map(resourcesOf);

function resourcesOf(text) {
  const [, name, architecture] = text.match(/entry function '(\w+)' for '(\w+)'/);
  // Of the kernel itself, and of each function that it calls.
  const frames = [
    ...text.matchAll(/(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes/g),
  ];
  const sum = (i) => frames.reduce((total, frame) => total + Number(frame[i]), 0);
  return {
    kernel: readable(name),
    architecture,
    registers: Number(text.match(/Used (\d+) registers/)[1]),
    shared: Number(text.match(/(\d+) bytes smem/)?.[1] ?? 0),
    stack: sum(1),
    spillStores: sum(2),
    spillLoads: sum(3),
  };
}

/** The kernels that spill, with their architecture. */
export const spilling = (resources) =>
  resources
    .filter(({ spillStores, spillLoads }) => spillStores + spillLoads > 0)
    .map(({ kernel, architecture }) => `${kernel} for ${architecture}`);

const columns = [
  ['kernel', 'kernel'],
  ['architecture', 'architecture'],
  ['registers', 'registers'],
  ['shared', 'shared memory'],
  ['stack', 'stack'],
  ['spillStores', 'spill stores'],
  ['spillLoads', 'spill loads'],
];

/** A line for each kernel and architecture; memory in bytes. */
export function resourceTable(resources) {
  const rows = [
    columns.map(([, title]) => title),
    ...resources.map((of) => columns.map(([key]) => String(of[key]))),
  ];
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const cell = (text, i) => (i < 2 ? text.padEnd(widths[i]) : text.padStart(widths[i]));
  return rows.map((row) => row.map(cell).join('  ')).join('\n');
}

/** `render_kernel<kFloat32, kChannelsLast>` of a mangled name. */
function readable(mangled) {
  const name = ask('c++filt', ['--no-params', mangled]) ?? mangled;
  return name
    .replace(/\((?:\w+::)*(\w+)\)(\d+)/g, (_, type, value) => enumerators[type]?.[value] ?? value)
    .replace(/^void /, '')
    .replace(/[\w()]+( \w+\))?::/g, '');
}

/** The names that an `enum class` of a header gives its values, from 0 on. */
function namesOf(type, header) {
  const source = fs.readFileSync(path.join(packageRoot, 'native', header), 'utf8');
  const body = source.match(new RegExp(`enum class ${type}\\b[^{]*{([^}]*)}`))[1];
  return [...body.replace(/\/\/.*/g, '').matchAll(/\w+/g)].map(([name]) => name);
}

const enumerators = {
  PixelType: namesOf('PixelType', 'core/base/output.h'),
  Layout: namesOf('Layout', 'device/base/device.h'),
};
