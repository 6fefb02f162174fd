/** Computes batches of images that lie in memory, by the functions by which `predict` computes those of files. */
import { forwardOf } from '../model/index.js';
import { evaluationAugmentation, viewsOf } from '../pipeline/index.js';
import {
  type ClassifyOptions,
  classifyPiece,
  type Member,
  variantsOf,
} from '../prediction/index.js';
import { tf } from '../tensorflow/index.js';
import { ScratchFile } from './scratch-file.js';

/** The answer to an image. */
export type Row =
  | {
      /** [classes] */
      probabilities: Float32Array;
    }
  | {
      /** Why it cannot be read. */
      reason: string;
    };

/** Batches at the same time: one is decoded while another is computed. */
export const lanes = 2;

/** Sizes for which the forward pass is traced: its functions are kept, but no more of them. */
const mostSizes = 4;

/**
 * The sizes to which batches are filled up, 1 to `batchSize` images, in equal ratios: so a batch is at most that ratio too large, and the
 * pass is traced a few times only.
 */
export function batchSizes(batchSize: number): number[] {
  const steps = mostSizes - 1;
  const sizes = Array.from({ length: mostSizes }, (_, step) =>
    Math.round(batchSize ** (step / steps)),
  );
  return [...new Set(sizes)];
}

export interface ComputingOptions extends Omit<ClassifyOptions, 'batchSize'> {
  /** Most images of a batch. */
  batchSize: number;
}

/** See the file's heading. At most {@link lanes} batches may be computed at the same time. */
export class Computing {
  private readonly sizes: number[];
  private readonly windows: ClassifyOptions;

  private constructor(
    private readonly members: readonly Member[],
    private readonly options: ComputingOptions,
    private readonly files: ScratchFile[],
  ) {
    this.sizes = batchSizes(options.batchSize);
    this.windows = { ...options, batchSize: options.batchSize * this.views };
  }

  static async open(members: readonly Member[], options: ComputingOptions): Promise<Computing> {
    const files: ScratchFile[] = [];
    const computing = new Computing(members, options, files);
    try {
      for (let lane = 0; lane < lanes; lane++) {
        files.push(await ScratchFile.open());
      }
    } catch (error) {
      await computing.close();
      throw error;
    }
    return computing;
  }

  /** Views of an image. */
  private get views(): number {
    const { crops } = this.options;
    return viewsOf({ ...evaluationAugmentation, crop: crops }) * variantsOf(this.options).length;
  }

  /** Computes a batch of each size without images, so that no request waits until the forward pass is traced. */
  async warmUp(): Promise<void> {
    const views = this.options.mean === 'geometric' ? 1 : this.views;
    for (const { classifier } of this.members) {
      const { crop: side } = classifier.preprocessing;
      for (const size of this.sizes) {
        const windows = tf.zeros([size * this.views, side, side, 3]);
        const rows = await forwardOf(classifier).async(windows, views);
        await rows.data();
        tf.dispose([windows, rows]);
      }
    }
  }

  /** The rows of encoded images, each of at least one byte. */
  async rowsOf(images: readonly Buffer[]): Promise<Row[]> {
    const file = this.files.pop() as ScratchFile;
    try {
      const ranges = await file.write(images);
      const size = this.sizes.find((each) => each >= images.length) as number;
      const piece = { images: ranges.map((range) => ({ path: file.path, range })), first: 0, size };
      const rows: Row[] = [];
      for await (const { count, probabilities, failures } of classifyPiece(
        piece,
        this.members,
        this.windows,
      )) {
        const columns = probabilities.length / count;
        for (let row = 0; row < count; row++) {
          rows.push({ probabilities: probabilities.subarray(row * columns, (row + 1) * columns) });
        }
        for (const { index, reason } of failures) {
          rows[index] = { reason };
        }
      }
      await file.shrink();
      return rows;
    } finally {
      this.files.push(file);
    }
  }

  /** After the last batch. */
  async close(): Promise<void> {
    for (const file of this.files) {
      await file.close();
    }
  }
}
