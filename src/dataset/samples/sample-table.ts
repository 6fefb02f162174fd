/** Samples as a table: a view of some rows of columns, from which sample objects are made when they are asked for. */
import path from 'node:path';
import { expected } from '../../errors.js';
import { isBox } from '../boxes/box.js';
import { isRange } from '../image-file.js';
import type { Sample, Samples, Split } from '../types.js';
import type { ImageList } from './image-columns.js';
import { SampleColumns, splits } from './sample-columns.js';

/**
 * Samples in about 70 bytes each and the path. Nothing changes a table: `filter`, `slice` and `select` give
 * tables that share its columns, and a sample that it returns is a new object.
 */
export class SampleTable implements Samples {
  /** For the readers of manifests; others use {@link SampleTable.from}. */
  constructor(
    private readonly columns: SampleColumns,
    /** The rows of the columns that belong to the table; undefined for all. */
    private readonly rows?: Uint32Array,
    /** The folder from which relative paths are made absolute; '' leaves them. */
    private readonly root = '',
  ) {}

  /**
   * The table of `samples`, taken one by one, so that millions can come from a generator.
   *
   * @throws InvalidInputError for a hash that is not 64 lower-case hexadecimal digits, and for a range or a box that is none.
   */
  static from(samples: Iterable<Sample>): SampleTable {
    const columns = new SampleColumns();
    for (const sample of samples) {
      const { range, box } = sample;
      const isPlaced = (!range || isRange(range)) && (!box || isBox(box));
      if (!isPlaced || !columns.add(sample)) {
        const what = 'a range in bytes and a box, if any, and a SHA-256 in hex';
        throw expected(what, 'a sample', sample);
      }
    }
    return new SampleTable(columns);
  }

  get length(): number {
    return this.rows?.length ?? this.columns.length;
  }

  at(index: number): Sample | undefined {
    const from = index < 0 ? index + this.length : index;
    return from >= 0 && from < this.length ? this.sample(from) : undefined;
  }

  /** The samples in their order. */
  *[Symbol.iterator](): IterableIterator<Sample> {
    for (let index = 0; index < this.length; index++) {
      yield this.sample(index);
    }
  }

  map<Result>(convert: (sample: Sample, index: number) => Result): Result[] {
    return Array.from(this, convert);
  }

  filter(keep: (sample: Sample, index: number) => boolean): SampleTable {
    return this.choose((index) => keep(this.sample(index), index));
  }

  some(fits: (sample: Sample, index: number) => boolean): boolean {
    return this.find(fits) !== undefined;
  }

  every(fits: (sample: Sample, index: number) => boolean): boolean {
    return !this.some((sample, index) => !fits(sample, index));
  }

  find(fits: (sample: Sample, index: number) => boolean): Sample | undefined {
    let index = 0;
    for (const sample of this) {
      if (fits(sample, index++)) {
        return sample;
      }
    }
    return undefined;
  }

  slice(start = 0, end = this.length): SampleTable {
    const bound = (index: number) =>
      Math.min(this.length, index < 0 ? Math.max(0, index + this.length) : index);
    const [from, to] = [bound(start), bound(end)];
    const rows = new Uint32Array(Math.max(0, to - from));
    return this.view(rows.map((_, index) => this.row(from + index)));
  }

  /** The samples of one task in one split: with `held`, validation is that fold, and training all others. */
  select(task: string, split: Split, held?: number): SampleTable {
    const { columns } = this;
    const [taskNumber, splitNumber] = [columns.tasks.get(task), splits.indexOf(split)];
    const isIn =
      held === undefined
        ? (row: number) => columns.split[row] === splitNumber
        : (row: number) => (columns.fold[row] === held) === (split === 'validation');
    return this.choose((index) => {
      const row = this.row(index);
      return columns.task[row] === taskNumber && isIn(row);
    });
  }

  /** The same samples with absolute paths: those that are relative start from `root`. */
  resolve(root: string): SampleTable {
    return new SampleTable(this.columns, this.rows, path.resolve(root, this.root));
  }

  /** The label of the sample at `index`, without making the sample. */
  label(index: number): number {
    return this.columns.label[this.row(index)] as number;
  }

  /** The labels of the sample at `index`, as {@link Sample.labels}, without making the sample or a copy of them. */
  labels(index: number): Uint32Array | undefined {
    return this.columns.labels.at(this.row(index));
  }

  /** The classes of the sample at `index` that are marked `m`, without making the sample or a copy of them. */
  maybe(index: number): readonly number[] {
    return this.columns.maybe(this.row(index));
  }

  /** The numbers of the box of the sample at `index`, without making the sample or a copy of them; undefined for a whole image. */
  box(index: number): Int32Array | undefined {
    return this.columns.images.box(this.row(index));
  }

  /** Whether a sample has a box. */
  get haveBoxes(): boolean {
    let index = this.columns.images.haveBoxes ? 0 : this.length;
    while (index < this.length && this.box(index) === undefined) {
      index++;
    }
    return index < this.length;
  }

  /** The hash of the sample at `index`, without making the sample. */
  hash(index: number): string {
    return this.columns.hash(this.row(index));
  }

  /** Where the images of the samples at `indices` are; by default those of all. */
  images(indices?: Uint32Array): ImageList {
    const rows = indices?.map((index) => this.row(index)) ?? this.rows;
    return this.columns.images.list(this.root, rows);
  }

  private choose(keep: (index: number) => boolean): SampleTable {
    const rows = new Uint32Array(this.length);
    let count = 0;
    for (let index = 0; index < this.length; index++) {
      if (keep(index)) {
        rows[count++] = this.row(index);
      }
    }
    return this.view(rows.slice(0, count));
  }

  private view(rows: Uint32Array): SampleTable {
    return new SampleTable(this.columns, rows, this.root);
  }

  /** The row of the columns that the sample at `index` is. */
  private row(index: number): number {
    return this.rows ? (this.rows[index] as number) : index;
  }

  private sample(index: number): Sample {
    return this.columns.sample(this.row(index), this.root);
  }
}
