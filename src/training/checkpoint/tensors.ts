/** The files of a checkpoint that hold numbers: the weights and the slots, as safetensors. */
import path from 'node:path';
import { sha256, sha256OfPieces, sha256OfSource, withSource, writePart } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { type NamedTensors, readSafetensors, safetensorsPieces } from '../../model/index.js';
import type { Slot } from '../optimizer/index.js';
import { type EarlierState, partMissing, readPart } from './state.js';

/** Writes a new file from the tensors' own memory, and returns its SHA-256. */
export async function writeTensors(file: string, tensors: NamedTensors): Promise<string> {
  const pieces = safetensorsPieces(tensors);
  await writePart(file, pieces);
  return sha256OfPieces(pieces);
}

/** @throws InvalidInputError when `file` is not there or has another hash */
export async function readTensors(
  file: string,
  hash: string,
  remedy: string,
): Promise<NamedTensors> {
  const read = withSource(file, async (source) => {
    if ((await sha256OfSource(source)) !== hash) {
      throw otherContent(file, remedy);
    }
    return await readSafetensors(source);
  });
  return await read.catch(partMissing(file, remedy));
}

const otherContent = (file: string, remedy: string): Error =>
  expected('the content that Bobbin wrote', file, 'other content', remedy);

/** A slot is the tensor `KIND/NAME`; no kind has a slash. */
export const tensorsOf = (slots: readonly Slot[]): NamedTensors =>
  new Map(slots.map(({ kind, name, shape, values }) => [`${kind}/${name}`, { shape, values }]));

export const slotsOf = (tensors: NamedTensors): Slot[] =>
  [...tensors].map(([key, tensor]) => {
    const end = key.indexOf('/');
    return { kind: key.slice(0, end), name: key.slice(end + 1), ...tensor };
  });

/** The slots of a checkpoint of version 4. */
export async function earlierSlots(
  folder: string,
  { slots, slotsHash }: EarlierState,
  remedy: string,
): Promise<Slot[]> {
  const file = path.join(folder, 'slots.bin');
  const bytes = await readPart(file, remedy);
  if (slotsHash !== undefined && slotsHash !== sha256(bytes)) {
    throw otherContent(file, remedy);
  }
  const sizes = slots.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  const length = 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (length !== bytes.length) {
    throw expected(`${length} bytes`, file, bytes.length, remedy);
  }
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  let at = 0;
  return slots.map((slot, index) => {
    const start = at;
    at += sizes[index] as number;
    return { ...slot, values: values.subarray(start, at) };
  });
}
