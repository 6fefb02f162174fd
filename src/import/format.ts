/** A format of network files, and what its reader yields. */
import type { NamedTensors, NetworkRecord, NetworkSource } from '../model/index.js';
import type { GivenPreprocessing, KnownPreprocessing } from './preprocessing.js';

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
   * @param given preprocessing that overrides the file's: what it says of the same need not be what Bobbin can make
   * @throws InvalidInputError when the content is damaged, or has something that Bobbin cannot compute
   */
  read(bytes: Buffer, file: string, given?: GivenPreprocessing): Promise<ImportedNetwork>;
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

/** A batch of images, and the output that another framework computed of it. */
export interface Reference {
  /** As the network takes them, or photos in RGB if they are bytes. */
  images: { shape: number[]; values: Float32Array | Uint8Array };
  outputs: { shape: number[]; values: Float32Array };
}
