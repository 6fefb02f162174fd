/** Reads one pickle made only of data: a short list of opcodes and globals, everything else is refused. */
import { expected } from '../../errors.js';

/** A storage named by a tensor before its bytes are known. */
export interface StorageReference {
  kind: 'storage';
  type: 'FloatStorage' | 'LongStorage';
  key: string;
  /** Number of elements. */
  count: number;
}

/** What `torch._utils._rebuild_tensor_v2` was asked for: a strided view of a storage, in elements. */
export interface TensorReference {
  kind: 'tensor';
  storage: StorageReference;
  offset: number;
  shape: number[];
  strides: number[];
}

/** A pickled value; dictionaries are Maps and tuples are arrays. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Pickled[]
  | Map<Pickled, Pickled>
  | StorageReference
  | TensorReference
  | Global;

type Global = { kind: 'global'; name: string };

const allowedGlobals = new Set([
  'collections OrderedDict',
  'torch._utils _rebuild_tensor_v2',
  'torch FloatStorage',
  'torch LongStorage',
]);

const mark = Symbol('mark');
type Entry = Pickled | typeof mark;

/** The names of the opcodes by code, as in Python's pickletools. */
const op = {
  MARK: 0x28,
  STOP: 0x2e,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  NONE: 0x4e,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  APPENDS: 0x65,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  EMPTY_TUPLE: 0x29,
  PROTO: 0x80,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
} as const;

/**
 * Reads the pickle that starts at `start` and returns its value and the offset after it.
 * Nothing is imported or called: the two callables a torch state dict names are interpreted as data.
 *
 * @param bytes the file's content
 * @param file name for error messages
 * @throws InvalidInputError for a truncated pickle or any opcode, protocol or global not on the list
 */
export function readPickle(
  bytes: Buffer,
  start: number,
  file: string,
): { value: Pickled; end: number } {
  return new Unpickler(bytes, start, file).read();
}

class Unpickler {
  private readonly stack: Entry[] = [];
  private readonly memo = new Map<number, Pickled>();
  private at: number;

  constructor(
    private readonly bytes: Buffer,
    start: number,
    private readonly file: string,
  ) {
    this.at = start;
  }

  read(): { value: Pickled; end: number } {
    for (;;) {
      const opcode = this.bytes.readUInt8(this.take(1));
      if (opcode === op.STOP) {
        return { value: this.pop(), end: this.at };
      }
      this.execute(opcode);
    }
  }

  private execute(opcode: number): void {
    if (this.pushScalar(opcode) || this.memoise(opcode) || this.build(opcode)) {
      return;
    }
    throw this.bad('an opcode of a plain torch state dict', `0x${opcode.toString(16)}`);
  }

  private pushScalar(opcode: number): boolean {
    const { bytes, stack } = this;
    if (opcode === op.MARK) {
      stack.push(mark);
    } else if (opcode === op.NONE) {
      stack.push(null);
    } else if (opcode === op.NEWTRUE) {
      stack.push(true);
    } else if (opcode === op.NEWFALSE) {
      stack.push(false);
    } else if (opcode === op.BININT) {
      stack.push(bytes.readInt32LE(this.take(4)));
    } else if (opcode === op.BININT1) {
      stack.push(bytes.readUInt8(this.take(1)));
    } else if (opcode === op.BININT2) {
      stack.push(bytes.readUInt16LE(this.take(2)));
    } else if (opcode === op.LONG1) {
      stack.push(this.long());
    } else if (opcode === op.BINUNICODE) {
      stack.push(this.unicode());
    } else if (opcode === op.GLOBAL) {
      stack.push(this.global());
    } else if (opcode === op.EMPTY_LIST || opcode === op.EMPTY_TUPLE) {
      stack.push([]);
    } else if (opcode === op.EMPTY_DICT) {
      stack.push(new Map());
    } else {
      return false;
    }
    return true;
  }

  private memoise(opcode: number): boolean {
    const { bytes, stack } = this;
    if (opcode === op.BINPUT) {
      this.memo.set(bytes.readUInt8(this.take(1)), this.top());
    } else if (opcode === op.LONG_BINPUT) {
      this.memo.set(bytes.readUInt32LE(this.take(4)), this.top());
    } else if (opcode === op.BINGET) {
      stack.push(this.recall(bytes.readUInt8(this.take(1))));
    } else if (opcode === op.LONG_BINGET) {
      stack.push(this.recall(bytes.readUInt32LE(this.take(4))));
    } else {
      return false;
    }
    return true;
  }

  private build(opcode: number): boolean {
    if (opcode === op.TUPLE) {
      this.stack.push(this.popToMark());
    } else if (opcode === op.TUPLE1) {
      this.stack.push([this.pop()]);
    } else if (opcode === op.TUPLE2) {
      this.stack.push([this.pop(), this.pop()].reverse());
    } else if (opcode === op.TUPLE3) {
      this.stack.push([this.pop(), this.pop(), this.pop()].reverse());
    } else if (opcode === op.APPEND) {
      this.append([this.pop()]);
    } else if (opcode === op.APPENDS) {
      this.append(this.popToMark());
    } else if (opcode === op.SETITEM) {
      this.setItems([this.pop(), this.pop()].reverse());
    } else if (opcode === op.SETITEMS) {
      this.setItems(this.popToMark());
    } else if (opcode === op.BINPERSID) {
      this.stack.push(this.storage(this.pop()));
    } else if (opcode === op.REDUCE) {
      this.reduce();
    } else if (opcode === op.BUILD) {
      this.discardState();
    } else if (opcode === op.PROTO) {
      this.protocol();
    } else {
      return false;
    }
    return true;
  }

  private protocol(): void {
    const version = this.bytes.readUInt8(this.take(1));
    if (version !== 2) {
      throw this.bad('pickle protocol 2', version);
    }
  }

  private long(): bigint {
    const length = this.bytes.readUInt8(this.take(1));
    const start = this.take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(this.bytes[start + i] as number);
    }
    return BigInt.asIntN(length * 8, value);
  }

  private unicode(): string {
    const length = this.bytes.readUInt32LE(this.take(4));
    const start = this.take(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  private global(): Global {
    const name = `${this.line()} ${this.line()}`;
    if (!allowedGlobals.has(name)) {
      throw this.bad(`one of the globals ${[...allowedGlobals].join(', ')}`, name);
    }
    return { kind: 'global', name };
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) {
      throw this.bad('a line of text', 'the end of the file');
    }
    const start = this.take(end - this.at + 1);
    return this.bytes.toString('utf8', start, end);
  }

  private reduce(): void {
    const args = this.pop();
    const callable = this.pop();
    const name = isGlobal(callable) ? callable.name : '';
    if (name === 'collections OrderedDict' && Array.isArray(args) && args.length === 0) {
      this.stack.push(new Map());
    } else if (name === 'torch._utils _rebuild_tensor_v2' && Array.isArray(args)) {
      this.stack.push(this.tensor(args));
    } else {
      throw this.bad('a call of OrderedDict() or _rebuild_tensor_v2(…)', name);
    }
  }

  private storage(id: Pickled): StorageReference {
    const [kind, type, key, , count] = Array.isArray(id) ? id : [];
    const name = isGlobal(type) ? type.name : '';
    if (
      kind !== 'storage' ||
      !name.endsWith('Storage') ||
      typeof key !== 'string' ||
      !isSize(count)
    ) {
      throw this.bad("a persistent id ('storage', type, key, place, count)", String(kind));
    }
    return {
      kind: 'storage',
      type: name === 'torch FloatStorage' ? 'FloatStorage' : 'LongStorage',
      key,
      count,
    };
  }

  private tensor([storage, offset, shape, strides]: Pickled[]): TensorReference {
    if (
      !isStorage(storage) ||
      !isSize(offset) ||
      !isSizes(shape) ||
      !isSizes(strides) ||
      shape.length !== strides.length
    ) {
      throw this.bad('_rebuild_tensor_v2(storage, offset, shape, strides)', 'something else');
    }
    return { kind: 'tensor', storage, offset, shape, strides };
  }

  /** The only object with state is a module's OrderedDict, and its state is `_metadata`: names and versions. */
  private discardState(): void {
    this.pop();
    if (!(this.top() instanceof Map)) {
      throw this.bad('a dictionary before BUILD', 'another value');
    }
  }

  private append(items: Pickled[]): void {
    const list = this.top();
    if (!Array.isArray(list)) {
      throw this.bad('a list before APPEND', 'another value');
    }
    for (const item of items) {
      list.push(item);
    }
  }

  private setItems(items: Pickled[]): void {
    const map = this.top();
    if (!(map instanceof Map) || items.length % 2 !== 0) {
      throw this.bad('a dictionary and pairs before SETITEMS', 'another value');
    }
    for (let i = 0; i < items.length; i += 2) {
      map.set(items[i] as Pickled, items[i + 1] as Pickled);
    }
  }

  private take(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) {
      throw this.bad(`${length} more bytes`, 'the end of the file');
    }
    this.at += length;
    return start;
  }

  private recall(index: number): Pickled {
    const value = this.memo.get(index);
    if (value === undefined) {
      throw this.bad('a memo entry stored before', index);
    }
    return value;
  }

  private pop(): Pickled {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  private top(): Pickled {
    const value = this.stack.at(-1);
    if (value === undefined || value === mark) {
      throw this.bad('a value on the stack', 'none');
    }
    return value;
  }

  private popToMark(): Pickled[] {
    const start = this.stack.lastIndexOf(mark);
    if (start < 0) {
      throw this.bad('a mark on the stack', 'none');
    }
    return this.stack.splice(start).slice(1) as Pickled[];
  }

  private bad(what: string, received: unknown): Error {
    return expected(what, `${this.file} at byte ${this.at}`, received);
  }
}

const isGlobal = (value: Pickled | undefined): value is Global =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'global';
const isStorage = (value: Pickled | undefined): value is StorageReference =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'storage';
const isSize = (value: Pickled | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isSizes = (value: Pickled | undefined): value is number[] =>
  Array.isArray(value) && value.every(isSize);
