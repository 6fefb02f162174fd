/** The formats of weights that Bobbin reads: a new one is a file with its reader and its line in this list. */
import { type ByteSource, readPart } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { beginningBytes, type NamedTensors, networkRemedy, type WeightsFormat } from './format.js';
import { kerasHdf5 } from './keras-hdf5.js';
import { modelJson } from './model-json.js';
import { safetensors } from './safetensors.js';
import { shardedSafetensors } from './sharded-safetensors.js';
import { legacyTorch } from './torch-legacy.js';
import { torchZip } from './torch-zip.js';

export type { NamedTensor, NamedTensors } from './format.js';

export const formats: readonly WeightsFormat[] = [
  legacyTorch,
  torchZip,
  modelJson,
  safetensors,
  shardedSafetensors,
  kerasHdf5,
];

/** In words, for errors and help: `a torch state dict, …`. */
export const formatNames = [...new Set(formats.map(({ name }) => name))].join(', ');

/**
 * The tensors of a weights file. The content decides the format, not the name. Memory: that of the tensors as float32, and at
 * most as much as the largest of them again.
 *
 * @throws InvalidInputError when the content is not of one format that Bobbin reads, or is damaged
 */
export async function readTensors(source: ByteSource): Promise<NamedTensors> {
  const beginning = await readPart(source, 0, Math.min(beginningBytes, source.size));
  const format = formats.find(({ looksLike }) => looksLike(beginning));
  if (format === undefined) {
    throw expected(
      `weights in one of these formats: ${formatNames};`,
      source.file,
      beginning.toString('latin1', 0, 16),
      networkRemedy,
    );
  }
  return format.read(source);
}
