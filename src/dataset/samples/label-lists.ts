/** Lists of labels by row, one after the other in one array of numbers: few data sets have any. */
import { grown } from './grown.js';

/** See the file's heading. */
export class LabelLists {
  /** Each list is its length and its labels. */
  private numbers = new Uint32Array(0);
  private used = 0;
  /** Where the list of each row begins in `numbers`, plus 1; 0 for a row without a list. */
  private starts = new Uint32Array(0);

  set(row: number, labels: readonly number[]): void {
    const end = this.used + 1 + labels.length;
    if (end > this.numbers.length) {
      this.numbers = grown(this.numbers, end);
    }
    if (row >= this.starts.length) {
      this.starts = grown(this.starts, row + 1);
    }
    this.numbers[this.used] = labels.length;
    this.numbers.set(labels, this.used + 1);
    this.starts[row] = this.used + 1;
    this.used = end;
  }

  /** The labels of a row, without a copy of them; undefined for a row without a list. */
  at(row: number): Uint32Array | undefined {
    const start = this.starts[row] ?? 0;
    return start === 0
      ? undefined
      : this.numbers.subarray(start, start + (this.numbers[start - 1] as number));
  }
}
