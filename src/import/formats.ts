/** The files of networks that Bobbin imports: a new format is a file with its reader and its line in this list. */
import { expected } from '../errors.js';
import type { ImportFormat } from './format.js';
import { kerasArchive, kerasHdf5Model } from './keras/keras.js';
import { onnx } from './onnx/index.js';
import { tfjsModel } from './tfjs/tfjs.js';

export const formats: readonly ImportFormat[] = [kerasArchive, kerasHdf5Model, onnx, tfjsModel];

/** @throws InvalidInputError when the content is of no format in {@link formats} */
export function formatOf(bytes: Buffer, file: string): ImportFormat {
  const format = formats.find(({ looksLike }) => looksLike(bytes));
  if (format === undefined) {
    const titles = formats.map(({ title }) => title).join(', ');
    throw expected(
      `a network in one of these formats: ${titles};`,
      file,
      bytes.toString('latin1', 0, 16),
    );
  }
  return format;
}
