/** The few classes and functions that a torch checkpoint names, read as data: none is imported or called. */
import type { PickleSource } from './source.js';
import {
  type Global,
  isOfKind,
  type Pickled,
  type StorageReference,
  type TensorReference,
} from './values.js';

/** Bytes of an element in each of torch's storages. */
export const storageBytes: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ...{ DoubleStorage: 8, FloatStorage: 4, HalfStorage: 2, BFloat16Storage: 2 },
    ...{ LongStorage: 8, IntStorage: 4, ShortStorage: 2 },
    ...{ CharStorage: 1, ByteStorage: 1, BoolStorage: 1 },
  }),
);

const orderedDict = 'collections OrderedDict';
const tensor = 'torch._utils _rebuild_tensor_v2';
const parameter = 'torch._utils _rebuild_parameter';
const storagePrefix = 'torch ';

const allowedGlobals: ReadonlySet<string> = new Set([
  ...[orderedDict, tensor, parameter],
  ...[...storageBytes.keys()].map((name) => `${storagePrefix}${name}`),
]);

/** Axes of a tensor. */
const mostAxes = 8;

/** The global that the next two lines name. */
export function readGlobal(source: PickleSource): Global {
  const name = `${source.line()} ${source.line()}`;
  if (!allowedGlobals.has(name)) {
    throw source.bad(
      'a class or function of plain tensors',
      name,
      'Nothing of a file is run: save its state dict alone, by torch.save(model.state_dict(), FILE)',
    );
  }
  return { kind: 'global', name };
}

/** The result of `callable(...args)`. */
export function resultOf(
  callable: Pickled,
  args: Pickled,
  source: PickleSource,
): Map<Pickled, Pickled> | TensorReference {
  const name = isOfKind(callable, 'global') ? callable.name : '';
  if (Array.isArray(args)) {
    if (name === orderedDict && args.length === 0) {
      return new Map();
    }
    if (name === tensor) {
      return tensorOf(args, source);
    }
    if (name === parameter && isOfKind(args[0], 'tensor')) {
      return args[0];
    }
  }
  throw source.bad('a call of OrderedDict(), _rebuild_tensor_v2(…) or _rebuild_parameter(…)', name);
}

/** The storage of a persistent id. */
export function storageOf(id: Pickled, source: PickleSource): StorageReference {
  const [kind, type, key, , count, view = null] = Array.isArray(id) ? id : [];
  const name = isOfKind(type, 'global') ? type.name.slice(storagePrefix.length) : '';
  const isStorage = kind === 'storage' && storageBytes.has(name) && typeof key === 'string';
  // Versions of torch before 0.4 could store a view of another storage.
  if (!isStorage || !isSize(count) || view !== null) {
    throw source.bad("a persistent id ('storage', type, key, place, count)", kind);
  }
  return { kind: 'storage', type: name, key, count };
}

function tensorOf(
  [storage, offset, shape, strides]: Pickled[],
  source: PickleSource,
): TensorReference {
  if (
    !isOfKind(storage, 'storage') ||
    !isSize(offset) ||
    !isSizes(shape) ||
    !isSizes(strides) ||
    shape.length !== strides.length
  ) {
    throw source.bad('_rebuild_tensor_v2(storage, offset, shape, strides)', 'something else');
  }
  // Copies, since later opcodes may change the lists.
  return { kind: 'tensor', storage, offset, shape: [...shape], strides: [...strides] };
}

const isSize = (value: Pickled | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isSizes = (value: Pickled | undefined): value is number[] =>
  Array.isArray(value) && value.length <= mostAxes && value.every(isSize);
