/** The columns of a sample table: an entry a sample in arrays of numbers and bytes, about 70 bytes in all, without the path. */
import { isAbsolute, join } from 'node:path';
import type { Box } from '../boxes/box.js';
import type { Sample } from '../types.js';
import { grown, grownBuffer } from './grown.js';
import { hashBytes, writeHash } from './hex.js';
import { ImageColumns } from './image-columns.js';
import { LabelLists } from './label-lists.js';

/** A number in the column `split` is an index into it. */
export const splits = ['train', 'validation'] as const;

/** In the column `fold`: no fold. */
const noFold = 255;

/** See the file's heading. Samples are added at the end. */
export class SampleColumns {
  readonly images = new ImageColumns();
  /** Each name's number in the column `task`. */
  readonly tasks = new Map<string, number>();
  task = new Uint32Array(0);
  label = new Int32Array(0);
  split = new Uint8Array(0);
  fold = new Uint8Array(0);
  readonly labels = new LabelLists();
  private taskNames: string[] = [];
  private hashes: Buffer = Buffer.alloc(0);
  /** Two numbers a sample: size and time of its file; NaN if unknown. */
  private stamps = new Float64Array(0);
  /** By sample; most have none. */
  private readonly marked = new Map<number, number[]>();

  get length(): number {
    return this.images.length;
  }

  /** False if nothing is added, because the hash is not 64 lower-case hexadecimal digits. */
  add(sample: Sample): boolean {
    const { task, label, labels, maybe, split, fold, hash, size, modified } = sample;
    const row = this.length;
    if (row === this.label.length) {
      this.grow();
    }
    if (!writeHash(hash, this.hashes, row * hashBytes)) {
      return false;
    }
    this.task[row] = this.taskNumber(task);
    this.label[row] = label;
    if (labels !== undefined) {
      this.labels.set(row, labels);
    }
    this.split[row] = splits.indexOf(split);
    this.fold[row] = fold ?? noFold;
    this.stamps[2 * row] = size ?? Number.NaN;
    this.stamps[2 * row + 1] = modified ?? Number.NaN;
    if (maybe.length > 0) {
      this.marked.set(row, [...maybe]);
    }
    this.images.add(sample);
    return true;
  }

  /** The sample in `row`. A relative path starts from `root`; '' leaves it. */
  sample(row: number, root: string): Sample {
    const own = this.images.path(row);
    const path = root === '' || isAbsolute(own) ? own : join(root, own);
    const range = this.images.range(row);
    const sample = (range ? { path, range } : { path }) as Sample;
    const box = this.images.box(row);
    if (box !== undefined) {
      sample.box = [...box] as unknown as Box;
    }
    sample.task = this.taskNames[this.task[row] as number] as string;
    sample.label = this.label[row] as number;
    const labels = this.labels.at(row);
    if (labels !== undefined) {
      sample.labels = [...labels];
    }
    sample.maybe = [...this.maybe(row)];
    sample.split = splits[this.split[row] as number] as Sample['split'];
    const fold = this.fold[row] as number;
    if (fold !== noFold) {
      sample.fold = fold;
    }
    sample.hash = this.hash(row);
    const size = this.stamps[2 * row] as number;
    if (!Number.isNaN(size)) {
      sample.size = size;
      sample.modified = this.stamps[2 * row + 1] as number;
    }
    return sample;
  }

  /** The classes marked `m` in `row`, without a copy of them. */
  maybe(row: number): readonly number[] {
    return this.marked.get(row) ?? [];
  }

  hash(row: number): string {
    return this.hashes.toString('hex', row * hashBytes, (row + 1) * hashBytes);
  }

  private grow(): void {
    const length = Math.max(16, 2 * this.label.length);
    this.task = grown(this.task, length);
    this.label = grown(this.label, length);
    this.split = grown(this.split, length);
    this.fold = grown(this.fold, length);
    this.stamps = grown(this.stamps, 2 * length);
    this.hashes = grownBuffer(this.hashes, hashBytes * length);
  }

  private taskNumber(name: string): number {
    const known = this.tasks.get(name);
    if (known !== undefined) {
      return known;
    }
    this.tasks.set(name, this.taskNames.length);
    return this.taskNames.push(name) - 1;
  }
}
