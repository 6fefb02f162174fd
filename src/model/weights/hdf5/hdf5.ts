/** Reads HDF5 files (https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html) on a thread, which ends when it takes too long. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ByteSource } from '../../../disk/index.js';
import { expected, InvalidInputError } from '../../../errors.js';
import { widenFloat16 } from '../floats.js';
import type { NamedTensor, NamedTensors } from '../format.js';

/** What a file holds; paths begin with a slash. */
export interface Hdf5File {
  /** By path of a group: its attributes that are text, or lists of it. */
  attributes: Map<string, Map<string, string[]>>;
  /** By path: the datasets of floating-point numbers. */
  tensors: NamedTensors;
}

interface Options {
  /** Names in the root that are left out. */
  skip?: readonly string[];
  /** Seconds that reading may take. */
  seconds?: number;
}

/** A dataset as the thread gives it: `bytesEach` is 2, 4 or 8 for IEEE 754's binary16, 32 and 64. */
interface StoredFloats {
  shape: number[];
  bytesEach: 2 | 4 | 8;
  bytes: ArrayBuffer;
}

/** What the thread answers: the content, or what is wrong with it in the words of {@link expected}. */
type Answer =
  | { answer: Pick<Hdf5File, 'attributes'> & { datasets: Map<string, StoredFloats> } }
  | { fault: { what: string; name: string; received: string } };

export const looksLikeHdf5 = (bytes: Buffer): boolean =>
  bytes.toString('latin1', 0, 8) === '\x89HDF\r\n\x1a\n';

/** Bytes that values may have beyond those of the file: a file may compress them. */
const mostGrowth = 64 * 2 ** 20;
/** A group may contain itself. */
const mostObjects = 30_000;
const mostDepth = 32;

/** A quiet core reads 400 MB in a second. */
const secondsFor = (bytes: number): number => 30 + bytes / 10e6;

/**
 * Memory: that of the file, on the thread, and that of its numbers as float32.
 *
 * @throws InvalidInputError when the content is damaged, refers to other files, has values of more than 64 MiB beyond its own
 *   size, or takes too long
 */
export async function readHdf5(
  source: ByteSource,
  { skip = [], seconds = secondsFor(source.size) }: Options = {},
): Promise<Hdf5File> {
  const { file, size } = source;
  const bytes = new Uint8Array(size);
  await source.readInto(bytes, 0);
  const mostBytes = size + mostGrowth;
  const worker = new Worker(new URL('worker.mjs', import.meta.url), {
    workerData: { bytes, skip, mostBytes, mostObjects, mostDepth },
    transferList: [bytes.buffer],
    resourceLimits: { maxOldGenerationSizeMb: 512 },
    execArgv: [],
    stderr: true,
    stdout: true,
  });
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), seconds * 1000);
  try {
    const [answer] = (await once(worker, 'message', late)) as [Answer];
    if ('fault' in answer) {
      const { what, name, received } = answer.fault;
      throw expected(what, name === 'the file' ? file : `${name} in ${file}`, received, copyAgain);
    }
    const { attributes, datasets } = answer.answer;
    return {
      attributes,
      tensors: new Map([...datasets].map(([path, floats]) => [path, floatsOf(floats)])),
    };
  } catch (error) {
    if (late.signal.aborted) {
      const what = `an HDF5 file that is read in ${seconds} s`;
      throw expected(what, file, 'one that takes longer', copyAgain);
    }
    throw error instanceof InvalidInputError ? error : unreadable(file, (error as Error).message);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function floatsOf({ shape, bytesEach, bytes }: StoredFloats): NamedTensor {
  if (bytesEach === 4) {
    return { shape, values: new Float32Array(bytes) };
  }
  if (bytesEach === 8) {
    return { shape, values: Float32Array.from(new Float64Array(bytes)) };
  }
  const values = new Float32Array(bytes.byteLength / 2);
  widenFloat16(new Uint16Array(bytes), values);
  return { shape, values };
}

const unreadable = (file: string, reason: string): Error =>
  expected('content that HDF5 can read', file, reason, copyAgain);

const copyAgain = 'Copy the file again from where it came from';
