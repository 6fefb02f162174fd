/** Reads a state dict from torch's legacy (not zip) `.pth` file without running any of its code. */
import { readFile } from 'node:fs/promises';
import { expected } from '../../errors.js';
import { readPickle } from './pickle/unpickler.js';
import {
  isOfKind,
  type Pickled,
  type StorageReference,
  type TensorReference,
} from './pickle/values.js';

/** One parameter or buffer, row-major. */
export interface TorchTensor {
  shape: number[];
  data: Float32Array | BigInt64Array;
}

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
export async function readTorchState(file: string): Promise<Map<string, TorchTensor>> {
  return parseTorchState(await readFile(file), file);
}

/** {@link readTorchState} on bytes in memory; `file` names them in errors. */
export function parseTorchState(bytes: Buffer, file: string): Map<string, TorchTensor> {
  let at = 0;
  const next = (): Pickled => {
    const { value, end } = readPickle(bytes, at, file);
    at = end;
    return value;
  };
  if (bytes.subarray(0, 2).equals(Buffer.from('PK'))) {
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
  const tensors = tensorsOf(next(), file);
  const keys = next();
  const storages = readStorages({ bytes, keys, start: at, tensors, file });
  return new Map(
    tensors.map(([name, tensor]) => [
      name,
      materialise(tensor, storages.get(tensor.storage.key), `${name} in ${file}`),
    ]),
  );
}

function tensorsOf(state: Pickled, file: string): [string, TensorReference][] {
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

interface StorageSection {
  bytes: Buffer;
  /** The fifth pickle: storage keys in file order. */
  keys: Pickled;
  /** Offset of the first storage. */
  start: number;
  tensors: [string, TensorReference][];
  file: string;
}

type Storage = Float32Array | BigInt64Array;

function readStorages({ bytes, keys, start, tensors, file }: StorageSection): Map<string, Storage> {
  if (!Array.isArray(keys)) {
    throw expected('a list of storage keys', file, 'another value');
  }
  const references = new Map<Pickled, StorageReference>(
    tensors.map(([, { storage }]) => [storage.key, storage]),
  );
  const storages = new Map<string, Storage>();
  let at = start;
  for (const key of keys) {
    const reference = references.get(key);
    if (reference === undefined) {
      throw expected('a storage key some tensor uses', file, String(key));
    }
    if (at + 8 > bytes.length) {
      throw expected(`storage ${key}`, file, 'the end of the file');
    }
    const count = Number(bytes.readBigInt64LE(at));
    if (count !== reference.count) {
      throw expected(`${reference.count} elements`, `storage ${key} in ${file}`, count);
    }
    const length = count * (reference.type === 'FloatStorage' ? 4 : 8);
    at += 8;
    if (at + length > bytes.length) {
      throw expected(`${length} bytes of storage ${key}`, file, `${bytes.length - at}`);
    }
    // A typed array needs an aligned start, which an offset in the file is not.
    const copy = new Uint8Array(bytes.subarray(at, at + length)).buffer;
    storages.set(
      reference.key,
      reference.type === 'FloatStorage' ? new Float32Array(copy) : new BigInt64Array(copy),
    );
    at += length;
  }
  return storages;
}

function materialise(
  { shape, strides, offset }: TensorReference,
  storage: Storage | undefined,
  name: string,
): TorchTensor {
  if (storage === undefined) {
    throw expected('a storage', name, 'none');
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const last = shape.reduce((sum, size, i) => sum + (size - 1) * (strides[i] as number), offset);
  if (count > storage.length || (count > 0 && last >= storage.length)) {
    throw expected(`a view within ${storage.length} elements`, name, `shape [${shape}]`);
  }
  const data = storage instanceof Float32Array ? new Float32Array(count) : new BigInt64Array(count);
  const index = shape.map(() => 0);
  let from = offset;
  for (let to = 0; to < count; to++) {
    data[to] = storage[from] as never;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis] as number;
      if (++(index[axis] as number) < (shape[axis] as number)) {
        break;
      }
      from -= (shape[axis] as number) * (strides[axis] as number);
      index[axis] = 0;
    }
  }
  return { shape, data };
}
