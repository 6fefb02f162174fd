/** The formats of weights that Bobbin reads: a new one is a file with its reader and its line in this list. */
import { expected } from '../../errors.js';
import type { NamedTensors, WeightsFormat } from './format.js';
import { modelJson } from './model-json.js';
import { safetensors } from './safetensors.js';
import { legacyTorch } from './torch-state.js';

export type { NamedTensor, NamedTensors } from './format.js';

export const formats: readonly WeightsFormat[] = [legacyTorch, modelJson, safetensors];

/** In words, for errors and help: `a legacy torch state dict, …`. */
export const formatNames = formats.map(({ name }) => name).join(', ');

/**
 * The tensors of a weights file. The content decides the format, not the name.
 *
 * @throws InvalidInputError when the content is not of one format that Bobbin reads, or is damaged
 */
export async function readTensors(bytes: Buffer, file: string): Promise<NamedTensors> {
  const format = formats.find(({ looksLike }) => looksLike(bytes));
  if (format === undefined) {
    const beginning = bytes.subarray(0, 16).toString('latin1');
    throw expected(`weights in one of these formats: ${formatNames};`, file, beginning);
  }
  return format.read(bytes, file);
}
