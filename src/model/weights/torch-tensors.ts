/** Finds the state dict in a torch checkpoint, and makes its tensors of their storages. */
import type { ByteSource } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
import { type FloatType, readFloats } from './floats.js';
import { elementsOf, type NamedTensor, type NamedTensors } from './format.js';
import {
  isOfKind,
  type Pickled,
  type StorageReference,
  type TensorReference,
} from './pickle/values.js';

/** The tensors of a state dict by name. */
type StateDict = Map<string, TensorReference>;

/** Where checkpoints of trainings keep their state dict; averaged weights come first, as timm takes them. */
const places = ['state_dict_ema', 'model_ema', 'state_dict', 'model'];

/** What wrappers of a module put before all names: DataParallel and its kin, and torch.compile. */
const wrappers = ['module.', '_orig_mod.'];

/**
 * The state dict that a checkpoint is, or has in one of {@link places}, with names as the module has them.
 *
 * @throws InvalidInputError when there is none, or when a value in it is no tensor
 */
export function stateDictOf(checkpoint: Pickled, file: string): StateDict {
  const within = checkpoint instanceof Map ? places.map((place) => checkpoint.get(place)) : [];
  const state = within.find((value) => value instanceof Map) ?? checkpoint;
  if (!(state instanceof Map)) {
    throw expected('a state dict', file, 'another object');
  }
  const tensors = [...state].map(([name, value]): [string, TensorReference] => {
    if (typeof name !== 'string') {
      throw expected('text for every name', file, 'another type');
    }
    if (!isOfKind(value, 'tensor')) {
      throw expected(
        'a tensor',
        `${name} in ${file}`,
        'another value',
        `A checkpoint may have its state dict in ${places.join(', ')}`,
      );
    }
    return [name, value];
  });
  return new Map(unwrapped(tensors));
}

function unwrapped(tensors: [string, TensorReference][]): [string, TensorReference][] {
  const wrapper = wrappers.find((prefix) => tensors.every(([name]) => name.startsWith(prefix)));
  return wrapper === undefined || tensors.length === 0
    ? tensors
    : unwrapped(tensors.map(([name, tensor]) => [name.slice(wrapper.length), tensor]));
}

const floatTypes: Record<string, FloatType> = {
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
};

/**
 * The floats of a state dict. Storages are read one after the other; a tensor whose elements lie in order is a view of its
 * storage, others are copied.
 *
 * @param startOf the offset of a storage in the file, whose length has been checked; undefined if the file lacks it
 * @throws InvalidInputError when a storage is absent, a tensor goes past the end of its own, or all would take more than
 *   twice the file's length
 */
export async function tensorsOf(
  source: ByteSource,
  state: StateDict,
  startOf: (storage: StorageReference) => number | undefined,
): Promise<NamedTensors> {
  const { file } = source;
  const views = new Map<StorageReference, [string, TensorReference][]>();
  for (const [name, tensor] of state) {
    if (Object.hasOwn(floatTypes, tensor.storage.type)) {
      checkView(tensor, `${name} in ${file}`);
      const named = views.get(tensor.storage) ?? [];
      named.push([name, tensor]);
      views.set(tensor.storage, named);
    }
  }
  checkTotal(views, source);
  const tensors: NamedTensors = new Map();
  for (const [storage, named] of views) {
    const start = startOf(storage);
    if (start === undefined) {
      throw missing(`storage ${storage.key}`, file);
    }
    const type = floatTypes[storage.type] as FloatType;
    const values = await readFloats(source, type, start, storage.count);
    for (const [name, tensor] of named) {
      tensors.set(name, viewOf(tensor, values));
    }
  }
  return tensors;
}

function checkView({ storage, offset, shape, strides }: TensorReference, name: string): void {
  const last = shape.reduce(
    (sum, size, axis) => sum + (size - 1) * (strides[axis] as number),
    offset,
  );
  if (elementsOf(shape) > 0 && last >= storage.count) {
    throw expected(`a view within ${storage.count} elements`, `shape of ${name}`, shape);
  }
}

/** A tensor of stride 0 has any number of elements in no space. */
function checkTotal(
  views: ReadonlyMap<StorageReference, [string, TensorReference][]>,
  { file, size }: ByteSource,
): void {
  let total = 0;
  for (const [storage, named] of views) {
    const copied = named.filter(([, tensor]) => !isInOrder(tensor));
    total += copied.length < named.length ? storage.count : 0;
    total += copied.reduce((sum, [, { shape }]) => sum + elementsOf(shape), 0);
  }
  // Half precision has two bytes an element.
  if (total > size / 2) {
    throw expected(`at most ${Math.floor(size / 2)} elements in all tensors`, file, total);
  }
}

/** Whether the elements of a tensor, if it has any, follow each other in its storage. */
function isInOrder({ shape, strides }: TensorReference): boolean {
  if (elementsOf(shape) === 0) {
    return true;
  }
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    if (size !== 1 && strides[axis] !== step) {
      return false;
    }
    step *= size;
  }
  return true;
}

function viewOf(tensor: TensorReference, storage: Float32Array): NamedTensor {
  const { shape, strides, offset } = tensor;
  const count = elementsOf(shape);
  if (isInOrder(tensor)) {
    return { shape, values: storage.subarray(offset, offset + count) };
  }
  const values = new Float32Array(count);
  let to = 0;
  const copyAxis = (axis: number, start: number): void => {
    const [size, stride] = [shape[axis] as number, strides[axis] as number];
    if (axis < shape.length - 1) {
      for (let from = start, i = 0; i < size; i++, from += stride) {
        copyAxis(axis + 1, from);
      }
      return;
    }
    for (let from = start, i = 0; i < size; i++, from += stride) {
      values[to++] = storage[from] as number;
    }
  };
  copyAxis(0, offset);
  return { shape, values };
}
