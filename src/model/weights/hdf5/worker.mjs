/**
 * A thread that reads an HDF5 file with the HDF5 library, in WebAssembly. A damaged file may keep the library busy for ever,
 * and a thread can be ended. The library's files are in memory, so that links of a file reach nothing outside of it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import * as hdf5 from 'h5wasm';

/**
 * @typedef {{ shape: number[], bytesEach: number, bytes: ArrayBuffer }} StoredFloats
 * @typedef {{ attributes: Map<string, Map<string, string[]>>, datasets: Map<string, StoredFloats> }} Answer
 * @typedef {{ what: string, name: string, received: string }} Fault
 * @typedef {{ bytes: Uint8Array, skip: string[], mostBytes: number, mostObjects: number, mostDepth: number }} Request
 */

/** Of WebAssembly's memory. */
const pageBytes = 65_536;
/** The library takes 16 MiB at once, and chunks of values as they are in the file. */
const libraryBytes = 2 ** 25;

/** The most bytes that are copied out of the library's memory at once, if a row is not longer. That memory does not shrink. */
const partBytes = 2 ** 22;

/** Classes of types in HDF5. */
const floatClass = 1;
const stringClass = 3;

const { bytes, skip, mostBytes, mostObjects, mostDepth } = /** @type {Request} */ (workerData);
// A damaged length makes the library ask for any amount of memory. It takes a refusal as an error.
const memory = /** @type {any} */ (globalThis).WebAssembly.Memory.prototype;
const { grow } = memory;
/** @param {number} pages */
memory.grow = function growWithin(pages) {
  if (this.buffer.byteLength + pages * pageBytes > mostBytes + libraryBytes) {
    throw new RangeError('more memory than the file may take');
  }
  return grow.call(this, pages);
};
const hdf5Module = await hdf5.ready;
// Otherwise a dataset that cannot be read has whatever the memory held.
hdf5Module.activate_throwing_error_handler();
/** @type {Answer} */
const answer = { attributes: new Map(), datasets: new Map() };
let objects = 0;
let bytesLeft = mostBytes;

class RefusedError extends Error {
  /** @param {Fault} fault */
  constructor(fault) {
    super();
    this.fault = fault;
  }
}

/**
 * @param {hdf5.Group} group
 * @param {number} depth
 */
function readGroup(group, depth) {
  readAttributes(group);
  for (const name of group.keys()) {
    objects += 1;
    if (objects > mostObjects || depth > mostDepth) {
      const what = `at most ${mostObjects} objects, ${mostDepth} groups deep`;
      throw new RefusedError({ what, name: 'the file', received: 'more' });
    }
    const child = depth === 0 && skip.includes(name) ? null : group.get(name);
    if (child instanceof hdf5.Group) {
      readGroup(child, depth + 1);
    } else if (child instanceof hdf5.Dataset) {
      readDataset(child);
    } else if (child instanceof hdf5.ExternalLink) {
      const received = `a link to ${child.filename}`;
      throw new RefusedError({
        what: 'values in the file itself',
        name: path(group, name),
        received,
      });
    }
  }
}

/**
 * @param {hdf5.Group} group
 * @param {string} name
 */
const path = (group, name) => `${group.path === '/' ? '' : group.path}/${name}`;

/** @param {hdf5.Group} group */
function readAttributes(group) {
  const texts = Object.entries(group.attrs).filter(
    ([, { metadata }]) => metadata.type === stringClass,
  );
  const values = texts.map(([name, { value }]) => /** @type {const} */ ([name, [value].flat()]));
  answer.attributes.set(
    group.path,
    /** @type {Map<string, string[]>} */ (new Map(/** @type {any} */ (values))),
  );
}

/** @param {hdf5.Dataset} dataset */
function readDataset(dataset) {
  const { type, size, total_size, shape, littleEndian, chunks } = dataset.metadata;
  if (type !== floatClass || shape === null) {
    return;
  }
  if (![2, 4, 8].includes(size) || !littleEndian) {
    const received = `${size} bytes each, ${littleEndian ? 'little' : 'big'}-endian`;
    const what = 'little-endian numbers of 2, 4 or 8 bytes';
    throw new RefusedError({ what, name: dataset.path, received });
  }
  const length = size * total_size;
  bytesLeft -= length;
  if (!(bytesLeft >= 0)) {
    const what = `at most ${mostBytes} bytes of values`;
    throw new RefusedError({ what, name: dataset.path, received: 'more' });
  }
  const values = new Uint8Array(length);
  const [rows = 1, ...others] = shape;
  const rowBytes = length / Math.max(rows, 1);
  // A chunk is decoded as a whole for each part of it.
  const isWhole = chunks !== null || shape.length === 0 || length <= partBytes;
  const rowsAtOnce = isWhole ? rows : Math.max(1, Math.floor(partBytes / rowBytes));
  const start = hdf5Module._malloc(rowsAtOnce * rowBytes);
  if (start === 0) {
    const what = 'values that fit into memory';
    throw new RefusedError({ what, name: dataset.path, received: `${length} bytes` });
  }
  try {
    const { file_id, path } = dataset;
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - row);
      const [counts, firsts, steps] = isWhole ? whole : rowsOf(row, count, others);
      hdf5Module.get_dataset_data(file_id, path, counts, firsts, steps, BigInt(start));
      values.set(hdf5Module.HEAPU8.subarray(start, start + count * rowBytes), row * rowBytes);
    }
    answer.datasets.set(path, { shape, bytesEach: size, bytes: values.buffer });
  } finally {
    hdf5Module._free(start);
  }
}

const whole = /** @type {const} */ ([null, null, null]);

/**
 * The numbers of elements, the first ones and the steps on each axis that name some rows.
 *
 * @param {number} first
 * @param {number} count
 * @param {number[]} others sides of the other axes
 * @returns {[bigint[], bigint[], bigint[]]}
 */
const rowsOf = (first, count, others) => [
  [count, ...others].map(BigInt),
  [first, ...others.map(() => 0)].map(BigInt),
  [1, ...others.map(() => 1)].map(BigInt),
];

/**
 * What HDF5's own errors say: the last line of their stack is nearest to the cause.
 *
 * @param {unknown} error
 * @returns {Fault}
 */
function faultOf(error) {
  if (error instanceof RefusedError) {
    return error.fault;
  }
  const reasons = [...String(error).matchAll(/\(\): (.+)/g)].map(([, reason]) => reason);
  const received = reasons.at(-1) ?? String(error).split('\n')[0] ?? '';
  return { what: 'content that HDF5 can read', name: 'the file', received };
}

try {
  // The library reads these bytes where they are.
  hdf5.FS?.createDataFile('/', 'file', bytes, true, false, true);
  readGroup(new hdf5.File('/file', 'r'), 0);
  const values = [...answer.datasets.values()].map(({ bytes }) => bytes);
  parentPort?.postMessage({ answer }, values);
} catch (error) {
  parentPort?.postMessage({ fault: faultOf(error) });
}
