/** The values that a pickled state dict is made of. */

/** A storage that a tensor names before the storage's bytes are known. */
export interface StorageReference {
  kind: 'storage';
  /** `FloatStorage`, `LongStorage` … */
  type: string;
  key: string;
  /** Number of elements. */
  count: number;
}

/** The arguments of `torch._utils._rebuild_tensor_v2`: a strided view of a storage, in elements. */
export interface TensorReference {
  kind: 'tensor';
  storage: StorageReference;
  offset: number;
  shape: number[];
  strides: number[];
}

/** The name of a class or a function; it is never imported. */
export interface Global {
  kind: 'global';
  name: string;
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

type Kinds = { storage: StorageReference; tensor: TensorReference; global: Global };

/** Whether `value` is an object of that kind. */
export const isOfKind = <Kind extends keyof Kinds>(
  value: Pickled | undefined,
  kind: Kind,
): value is Kinds[Kind] =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
