/** Reads the checkpoints that torch writes since version 1.6: a zip archive of a pickle and of one file for each storage. */
import { type ByteSource, readPart, type StoredFile, storedFiles } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
import { type NamedTensors, networkRemedy, type WeightsFormat } from './format.js';
import { storageBytes } from './pickle/torch-objects.js';
import { mostPickleBytes, readPickle } from './pickle/unpickler.js';
import type { StorageReference } from './pickle/values.js';
import { legacyTorch } from './torch-legacy.js';
import { stateDictOf, tensorsOf } from './torch-tensors.js';

/** NAME/data.pkl, NAME/byteorder, NAME/data/KEY, all stored without compression. */
export const torchZip: WeightsFormat = {
  name: legacyTorch.name,
  looksLike: (bytes) => bytes.toString('latin1', 0, 4) === 'PK\x03\x04',
  read: readZip,
};

/** The files that count, below the archive's one folder. */
const member = /^[^/]+\/(data\.pkl|byteorder|data\/[^/]+)$/;

const longestByteOrder = 16;

async function readZip(source: ByteSource): Promise<NamedTensors> {
  const { file } = source;
  const files = await storedFiles(source, (name) => member.test(name));
  const pickles = [...files].filter(([name]) => name.endsWith('/data.pkl'));
  const [[name, pickle] = []] = pickles;
  if (name === undefined || pickle === undefined || pickles.length > 1) {
    throw missing('one data.pkl, as torch.save writes it,', file, networkRemedy);
  }
  const folder = name.slice(0, -'data.pkl'.length);
  const order = await textOf(source, files.get(`${folder}byteorder`), longestByteOrder);
  // Versions before 2.1 do not say it; they ran on little-endian machines.
  if (order !== undefined && order.toString() !== 'little') {
    throw expected('little-endian data', file, order.toString());
  }
  const bytes = (await textOf(source, pickle, mostPickleBytes)) as Buffer;
  const state = stateDictOf(readPickle(bytes, 0, `data.pkl in ${file}`).value, file);
  return tensorsOf(source, state, (storage) => {
    const found = files.get(`${folder}data/${storage.key}`);
    if (found !== undefined && found.size !== bytesOf(storage)) {
      throw expected(`${bytesOf(storage)} bytes`, `storage ${storage.key} in ${file}`, found.size);
    }
    return found?.start;
  });

  async function textOf(from: ByteSource, part: StoredFile | undefined, most: number) {
    if (part !== undefined && part.size > most) {
      throw expected(`at most ${most} bytes of each but the storages`, file, part.size);
    }
    return part && readPart(from, part.start, part.size);
  }
}

const bytesOf = ({ type, count }: StorageReference) => count * (storageBytes.get(type) as number);
