/** The stack and the memo on which a pickle's opcodes work. */
import type { PickleSource } from './source.js';
import type { Pickled, StorageReference } from './values.js';

const mark = Symbol('mark');

/** What a pickle may hold: an opcode of one byte makes an object of 200. A tensor takes some 25 values, of which 8 are objects. */
const most = { values: 1_000_000, objects: 200_000 };

export class PickleStack {
  private readonly entries: (Pickled | typeof mark)[] = [];
  readonly storages = new Map<Pickled, StorageReference>();
  private readonly memo = new Map<number, Pickled>();
  private readonly made = { values: 0, objects: 0 };

  /** @param source names the byte in errors */
  constructor(private readonly source: PickleSource) {}

  push(value: Pickled): void {
    this.count('values');
    this.entries.push(value);
  }

  /** Pushes a list, a dictionary, a tensor … that did not exist before. */
  pushNew(value: Pickled & object): void {
    this.count('objects');
    this.push(value);
  }

  /** Pushes the one storage of its key. */
  pushStorage(storage: StorageReference): void {
    const known = this.storages.get(storage.key);
    if (known !== undefined && (known.type !== storage.type || known.count !== storage.count)) {
      throw this.source.bad(`${known.count} elements of ${known.type} in storage ${known.key}`, {
        ...storage,
      });
    }
    this.storages.set(storage.key, known ?? storage);
    this.pushNew(known ?? storage);
  }

  mark(): void {
    this.count('values');
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
    this.count('values');
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

  private count(kind: keyof typeof most): void {
    if (++this.made[kind] > most[kind]) {
      throw this.source.bad(`a pickle of at most ${most[kind]} ${kind}`, 'more');
    }
  }
}
