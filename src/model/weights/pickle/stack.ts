/** The stack and the memo on which a pickle's opcodes work. */
import type { PickleSource } from './source.js';
import type { Pickled } from './values.js';

const mark = Symbol('mark');

export class PickleStack {
  private readonly entries: (Pickled | typeof mark)[] = [];
  private readonly memo = new Map<number, Pickled>();

  /** @param source names the byte in errors */
  constructor(private readonly source: PickleSource) {}

  push(value: Pickled): void {
    this.entries.push(value);
  }

  mark(): void {
    this.entries.push(mark);
  }

  top(): Pickled {
    const value = this.entries.at(-1);
    if (value === undefined || value === mark) {
      throw this.source.bad('a value on the stack', undefined);
    }
    return value;
  }

  pop(): Pickled {
    const value = this.top();
    this.entries.pop();
    return value;
  }

  /** The `count` topmost values, the last one pushed at the end. */
  popMany(count: number): Pickled[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** The values above the last mark, which goes with them. */
  popToMark(): Pickled[] {
    const start = this.entries.lastIndexOf(mark);
    if (start < 0) {
      throw this.source.bad('a mark on the stack', undefined);
    }
    return this.entries.splice(start).slice(1) as Pickled[];
  }

  /** Keeps the top under `index`. */
  memoise(index: number): void {
    this.memo.set(index, this.top());
  }

  /** Pushes the value that was kept under `index`. */
  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) {
      throw this.source.bad('a memo entry stored before', index);
    }
    this.push(value);
  }
}
