/** The opcodes that a torch checkpoint needs; a pickle with any other opcode is refused. */
import type { PickleSource } from './source.js';
import type { PickleStack } from './stack.js';
import { readGlobal, resultOf, storageOf } from './torch-objects.js';
import type { Pickled } from './values.js';

/** Reads the opcode's arguments from `source` and changes `stack`. */
type Action = (stack: PickleStack, source: PickleSource) => void;

/** Ends a pickle; the value on top of the stack is the result. */
export const stop = 0x2e;

/** Codes and names as in Python's pickletools. */
export const opcodes: ReadonlyMap<number, Action> = new Map(
  Object.values<[code: number, action: Action]>({
    PROTO: [0x80, (_, source) => checkProtocol(source)],
    NONE: [0x4e, (stack) => stack.push(null)],
    NEWTRUE: [0x88, (stack) => stack.push(true)],
    NEWFALSE: [0x89, (stack) => stack.push(false)],
    BININT: [0x4a, (stack, source) => stack.push(source.int32())],
    BININT1: [0x4b, (stack, source) => stack.push(source.uint8())],
    BININT2: [0x4d, (stack, source) => stack.push(source.uint16())],
    BINFLOAT: [0x47, (stack, source) => stack.push(source.float64())],
    LONG1: [0x8a, (stack, source) => stack.push(source.long())],
    BINUNICODE: [0x58, (stack, source) => stack.push(source.unicode())],
    EMPTY_LIST: [0x5d, (stack) => stack.pushNew([])],
    EMPTY_TUPLE: [0x29, (stack) => stack.pushNew([])],
    EMPTY_DICT: [0x7d, (stack) => stack.pushNew(new Map())],
    MARK: [0x28, (stack) => stack.mark()],
    BINPUT: [0x71, (stack, source) => stack.memoise(source.uint8())],
    LONG_BINPUT: [0x72, (stack, source) => stack.memoise(source.uint32())],
    BINGET: [0x68, (stack, source) => stack.recall(source.uint8())],
    LONG_BINGET: [0x6a, (stack, source) => stack.recall(source.uint32())],
    TUPLE: [0x74, (stack) => stack.pushNew(stack.popToMark())],
    TUPLE1: [0x85, (stack) => stack.pushNew(stack.popMany(1))],
    TUPLE2: [0x86, (stack) => stack.pushNew(stack.popMany(2))],
    TUPLE3: [0x87, (stack) => stack.pushNew(stack.popMany(3))],
    APPEND: [0x61, (stack, source) => append(stack.popMany(1), stack, source)],
    APPENDS: [0x65, (stack, source) => append(stack.popToMark(), stack, source)],
    SETITEM: [0x73, (stack, source) => setItems(stack.popMany(2), stack, source)],
    SETITEMS: [0x75, (stack, source) => setItems(stack.popToMark(), stack, source)],
    GLOBAL: [0x63, (stack, source) => stack.pushNew(readGlobal(source))],
    BINPERSID: [0x51, (stack, source) => stack.pushStorage(storageOf(stack.pop(), source))],
    REDUCE: [0x52, reduce],
    BUILD: [0x62, dropState],
  }),
);

function checkProtocol(source: PickleSource): void {
  const version = source.uint8();
  if (version !== 2) {
    throw source.bad('pickle protocol 2', version, 'torch.save uses it unless told otherwise');
  }
}

function append(items: Pickled[], stack: PickleStack, source: PickleSource): void {
  const list = stack.top();
  if (!Array.isArray(list)) {
    throw source.bad('a list before APPEND', 'another value');
  }
  for (const item of items) {
    list.push(item);
  }
}

function setItems(items: Pickled[], stack: PickleStack, source: PickleSource): void {
  const map = stack.top();
  if (!(map instanceof Map) || items.length % 2 !== 0) {
    throw source.bad('a dictionary and pairs before SETITEMS', 'another value');
  }
  for (let i = 0; i < items.length; i += 2) {
    map.set(items[i] as Pickled, items[i + 1] as Pickled);
  }
}

function reduce(stack: PickleStack, source: PickleSource): void {
  const [callable, args] = stack.popMany(2) as [Pickled, Pickled];
  stack.pushNew(resultOf(callable, args, source));
}

/** The only object with a state is a module's OrderedDict; its state is `_metadata`: names and versions. */
function dropState(stack: PickleStack, source: PickleSource): void {
  stack.pop();
  if (!(stack.top() instanceof Map)) {
    throw source.bad('a dictionary before BUILD', 'another value');
  }
}
