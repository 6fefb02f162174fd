/** The few classes and functions that a torch state dict names, read as data: none is imported or called. */
import type { PickleSource } from './source.js';
import {
  type Global,
  isOfKind,
  type Pickled,
  type StorageReference,
  type TensorReference,
} from './values.js';

const allowedGlobals = new Set([
  'collections OrderedDict',
  'torch._utils _rebuild_tensor_v2',
  'torch FloatStorage',
  'torch LongStorage',
]);

/** Axes of a tensor. */
const mostAxes = 8;

/** The global that the next two lines name. */
export function readGlobal(source: PickleSource): Global {
  const name = `${source.line()} ${source.line()}`;
  if (!allowedGlobals.has(name)) {
    throw source.bad(`one of the globals ${[...allowedGlobals].join(', ')}`, name);
  }
  return { kind: 'global', name };
}

/** The result of `callable(...args)`. */
export function resultOf(callable: Pickled, args: Pickled, source: PickleSource): Pickled {
  const name = isOfKind(callable, 'global') ? callable.name : '';
  if (name === 'collections OrderedDict' && Array.isArray(args) && args.length === 0) {
    return new Map();
  }
  if (name === 'torch._utils _rebuild_tensor_v2' && Array.isArray(args)) {
    return tensorOf(args, source);
  }
  throw source.bad('a call of OrderedDict() or _rebuild_tensor_v2(…)', name);
}

/** The storage of a persistent id. */
export function storageOf(id: Pickled, source: PickleSource): StorageReference {
  const [kind, type, key, , count] = Array.isArray(id) ? id : [];
  const name = isOfKind(type, 'global') ? type.name : '';
  if (
    kind !== 'storage' ||
    !name.endsWith('Storage') ||
    typeof key !== 'string' ||
    !isSize(count)
  ) {
    throw source.bad("a persistent id ('storage', type, key, place, count)", kind);
  }
  const isFloat = name === 'torch FloatStorage';
  return { kind: 'storage', type: isFloat ? 'FloatStorage' : 'LongStorage', key, count };
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
  return { kind: 'tensor', storage, offset, shape, strides };
}

const isSize = (value: Pickled | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isSizes = (value: Pickled | undefined): value is number[] =>
  Array.isArray(value) && value.length <= mostAxes && value.every(isSize);
