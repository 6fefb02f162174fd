/** Reads the checkpoints that torch wrote before version 1.6, and writes on demand: pickles, then the storages. */
import { type ByteSource, readPart } from '../../disk/index.js';
import { expected } from '../../errors.js';
import type { NamedTensors, WeightsFormat } from './format.js';
import { storageBytes } from './pickle/torch-objects.js';
import { mostPickleBytes, readPickle } from './pickle/unpickler.js';
import type { Pickled, StorageReference } from './pickle/values.js';
import { stateDictOf, tensorsOf } from './torch-tensors.js';

/** Pickle protocol 2, then an integer of ten bytes: torch's magic number. */
const pickleStart = Buffer.from([0x80, 2, 0x8a, 10]);

export const legacyTorch: WeightsFormat = {
  name: 'a torch checkpoint (.pth)',
  looksLike: (bytes) => bytes.subarray(0, pickleStart.length).equals(pickleStart),
  read: readLegacy,
};

const magicNumber = 0x1950a86a20f9469cfc6cn;
const protocolVersion = 1001;

/**
 * The tensors of a legacy checkpoint by name.
 *
 * Layout: five pickles (magic number, protocol, system, checkpoint, storage keys), then for each storage key an int64 element
 * count and the raw elements, all little-endian.
 *
 * @throws InvalidInputError when the file is anything else, or truncated
 */
async function readLegacy(source: ByteSource): Promise<NamedTensors> {
  const { file } = source;
  const bytes = await readPart(source, 0, Math.min(mostPickleBytes, source.size));
  let at = 0;
  const next = () => {
    const { end, ...read } = readPickle(bytes, at, file);
    at = end;
    return read;
  };
  if (next().value !== magicNumber) {
    throw expected("torch's magic number", file, 'another value');
  }
  if (next().value !== protocolVersion) {
    throw expected(`torch protocol ${protocolVersion}`, file, 'another version');
  }
  const system = next().value;
  if (!(system instanceof Map) || system.get('little_endian') !== true) {
    throw expected('little-endian data', file, 'another byte order');
  }
  const { value: checkpoint, storages } = next();
  const state = stateDictOf(checkpoint, file);
  const starts = await storageStarts(source, next().value, storages, at);
  return tensorsOf(source, state, ({ key }) => starts.get(key));
}

/** The offset of each storage's elements; the section of storages begins at `at`. */
async function storageStarts(
  source: ByteSource,
  keys: Pickled,
  storages: ReadonlyMap<Pickled, StorageReference>,
  at: number,
): Promise<Map<string, number>> {
  const { file } = source;
  if (!Array.isArray(keys)) {
    throw expected('a list of storage keys', file, 'another value');
  }
  const starts = new Map<string, number>();
  let position = at;
  for (const each of keys) {
    const storage = storages.get(each);
    if (storage === undefined || starts.has(storage.key)) {
      throw expected('each storage key that a tensor uses, once', file, each);
    }
    const { key, type, count } = storage;
    const stored = Number((await readPart(source, position, 8)).readBigInt64LE(0));
    if (stored !== count) {
      throw expected(`${count} elements`, `storage ${key} in ${file}`, stored);
    }
    starts.set(key, position + 8);
    position += 8 + count * (storageBytes.get(type) as number);
  }
  if (position > source.size) {
    throw expected(`${position} bytes`, file, source.size);
  }
  return starts;
}
