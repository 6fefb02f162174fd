/** Reads a state dict from torch's legacy (not zip) `.pth` file without running any of its code. */
import { expected, missing } from '../../errors.js';
import { floatsIn, type NamedTensor, type NamedTensors, type WeightsFormat } from './format.js';
import { readPickle } from './pickle/unpickler.js';
import {
  isOfKind,
  type Pickled,
  type StorageReference,
  type TensorReference,
} from './pickle/values.js';

/** Pickle protocol 2, then an integer of ten bytes: torch's magic number. */
const pickleStart = Buffer.from([0x80, 2, 0x8a, 10]);
const zipStart = Buffer.from('PK');
const startsWith = (bytes: Buffer, start: Buffer) => bytes.subarray(0, start.length).equals(start);

export const legacyTorch: WeightsFormat = {
  name: 'a legacy torch state dict (.pth)',
  looksLike: (bytes) => startsWith(bytes, pickleStart) || startsWith(bytes, zipStart),
  read: parseTorchState,
};

const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/**
 * The tensors of a legacy `.pth` state dict by name.
 *
 * Layout: five pickles (magic number, protocol, system, state dict, storage keys), then for each
 * storage key an int64 element count and the raw elements, all little-endian.
 *
 * @throws InvalidInputError when the file is anything else, or truncated
 */
export function parseTorchState(bytes: Buffer, file: string): NamedTensors {
  let at = 0;
  const next = (): Pickled => {
    const { value, end } = readPickle(bytes, at, file);
    at = end;
    return value;
  };
  if (startsWith(bytes, zipStart)) {
    throw expected(
      'a legacy torch file',
      file,
      'a zip archive',
      'Save it with `_use_new_zipfile_serialization=False`',
    );
  }
  if (next() !== magicNumber) {
    throw expected("torch's magic number", file, 'another value');
  }
  if (next() !== protocolVersion) {
    throw expected(`torch protocol ${protocolVersion}`, file, 'another version');
  }
  const system = next();
  if (!(system instanceof Map) || system.get('little_endian') !== true) {
    throw expected('little-endian data', file, 'another byte order');
  }
  const references = referencesIn(next(), file);
  checkTotal(references, bytes.length, file);
  const keys = next();
  const storages = readStorages({ bytes, keys, start: at, references, file });
  const floats = references.filter(([, { storage }]) => storage.type === 'FloatStorage');
  return new Map(
    floats.map(([name, tensor]) => [
      name,
      materialise(tensor, storages.get(tensor.storage.key), `${name} in ${file}`),
    ]),
  );
}

function referencesIn(state: Pickled, file: string): [string, TensorReference][] {
  if (!(state instanceof Map)) {
    throw expected('a state dict', file, 'another object');
  }
  return [...state].map(([name, value]) => {
    if (typeof name !== 'string') {
      throw expected('text for every name', file, 'another type');
    }
    if (!isOfKind(value, 'tensor')) {
      throw expected('a tensor', `${name} in ${file}`, 'another value');
    }
    return [name, value];
  });
}

/** Tensors may share a storage, but together they have no more elements than the file has bytes. */
function checkTotal(references: [string, TensorReference][], most: number, file: string): void {
  const total = references.reduce((sum, [, { shape }]) => sum + elements(shape), 0);
  if (total > most) {
    throw expected(`at most ${most} elements in all tensors`, file, total);
  }
}

const elements = (shape: number[]) => shape.reduce((product, size) => product * size, 1);

interface StorageSection {
  bytes: Buffer;
  /** The fifth pickle: storage keys in file order. */
  keys: Pickled;
  /** Offset of the first storage. */
  start: number;
  references: [string, TensorReference][];
  file: string;
}

/** The storages of floats by key; those of integers are passed over. */
function readStorages(section: StorageSection): Map<string, Float32Array> {
  const { bytes, keys, start, references, file } = section;
  if (!Array.isArray(keys)) {
    throw expected('a list of storage keys', file, 'another value');
  }
  const byKey = new Map<Pickled, StorageReference>(
    references.map(([, { storage }]) => [storage.key, storage]),
  );
  const storages = new Map<string, Float32Array>();
  let at = start;
  for (const key of keys) {
    const reference = byKey.get(key);
    if (reference === undefined) {
      throw expected('a storage key that a tensor uses', file, key);
    }
    at = checkCount(bytes, at, reference, file);
    const length = reference.count * (reference.type === 'FloatStorage' ? 4 : 8);
    if (at + length > bytes.length) {
      throw expected(`${length} bytes of storage ${reference.key}`, file, bytes.length - at);
    }
    if (reference.type === 'FloatStorage') {
      storages.set(reference.key, floatsIn(bytes, at, at + length));
    }
    at += length;
  }
  return storages;
}

/** The offset behind the count of elements that stands at `at`. */
function checkCount(
  bytes: Buffer,
  at: number,
  { key, count }: StorageReference,
  file: string,
): number {
  if (at + 8 > bytes.length) {
    throw expected(`storage ${key}`, file, 'the end of the file');
  }
  const stored = Number(bytes.readBigInt64LE(at));
  if (stored !== count) {
    throw expected(`${count} elements`, `storage ${key} in ${file}`, stored);
  }
  return at + 8;
}

function materialise(
  { shape, strides, offset }: TensorReference,
  storage: Float32Array | undefined,
  name: string,
): NamedTensor {
  if (storage === undefined) {
    throw missing('a storage', name);
  }
  const count = elements(shape);
  const last = shape.reduce((sum, size, i) => sum + (size - 1) * (strides[i] as number), offset);
  if (count > storage.length || (count > 0 && last >= storage.length)) {
    throw expected(`a view within ${storage.length} elements`, `shape of ${name}`, shape);
  }
  const values = new Float32Array(count);
  const index = shape.map(() => 0);
  let from = offset;
  for (let to = 0; to < count; to++) {
    values[to] = storage[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      if (++(index[axis] as number) < (shape[axis] as number)) {
        break;
      }
      from -= (shape[axis] as number) * (strides[axis] as number);
      index[axis] = 0;
    }
  }
  return { shape, values };
}
