/** The files of networks that Bobbin imports: a new format is a file with its reader and its line in this list. */
import { expected } from '../errors.js';
import type { NamedTensors, NetworkRecord, NetworkSource } from '../model/index.js';
import type { KnownPreprocessing } from './preprocessing.js';

export interface ImportFormat {
  /** What `source.format` of a network's record says: `onnx`, … */
  name: string;
  /** For errors that list the formats: `ONNX`, … */
  title: string;
  /** Whether a file of this content is of the format; no two formats claim the same content. */
  looksLike(bytes: Buffer): boolean;
  /**
   * Reads a network; none of its code is run.
   *
   * @param file path of the file, for errors; files beside it are found by it
   * @throws InvalidInputError when the content is damaged, or has something that Bobbin cannot compute
   */
  read(bytes: Buffer, file: string): Promise<ImportedNetwork>;
}

/** What a file says of its network. */
export interface ImportedNetwork
  extends Pick<NetworkRecord, 'sides' | 'features' | 'labels' | 'notes' | 'graph' | 'layers'>,
    Pick<NetworkSource, 'producer'> {
  preprocessing: KnownPreprocessing;
  weights: NamedTensors;
  /** What the program that wrote the file computed with it. */
  reference?: Reference;
}

/** A batch of images as the network takes it, and its first output. */
export interface Reference {
  images: { shape: number[]; values: Float32Array };
  outputs: { shape: number[]; values: Float32Array };
}

export const formats: readonly ImportFormat[] = [];

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
