/** The type of what `native/addon/tensorflow.cc` exports: tfjs's binding, and what Bobbin adds to it. */
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import type { SlotLease } from '../native.js';

/** A tensor of the native table; whoever receives one owns it until `deleteTensor(id)`. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  /** TensorFlow's number for the dtype, one of the `TF_*` constants. */
  dtype: number;
}

/** A value of an op's attribute; arrays are lists, for `TF_ATTR_SHAPE` arrays of arrays are. */
export type AttributeValue =
  | string
  | number
  | boolean
  | Uint8Array
  | readonly (string | number | boolean | Uint8Array | readonly number[])[];

export interface OpAttribute {
  name: string;
  /** One of the `TF_ATTR_*` constants. */
  type: number;
  value: AttributeValue;
}

/** float32 and complex64 (pairs) → Float32Array, int64 → BigInt64Array, bool and uint8 → Uint8Array. */
export type TensorValues = Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[];

export interface NativeDevice {
  /** TensorFlow's full name, e.g. `/job:localhost/replica:0/task:0/device:GPU:0`. */
  name: string;
  type: string;
  /** The most memory TensorFlow will use there, in bytes. */
  memoryBytes: number;
}

/** Errors carry the op's name, TensorFlow's message and, as `code`, TensorFlow's status (`INVALID_ARGUMENT`, …). */
export interface NativeTensorFlow
  extends Omit<
    TFJSBinding,
    | 'TensorMetadata'
    | 'TFEOpAttr'
    | 'TF_ATTR_RESOURCE'
    | 'createTensor'
    | 'tensorDataSync'
    | 'executeOp'
  > {
  readonly TF_BFLOAT16: number;
  readonly TF_HALF: number;
  /** Copies the values once. int64 also takes an Int32Array of little-endian halves, as tfjs writes it. */
  createTensor(
    shape: readonly number[],
    dtype: number,
    values: TensorValues | Uint8ClampedArray,
  ): number;
  /** Fresh arrays: changing them changes no tensor. A resource is its serialised handle. */
  tensorDataSync(id: number): TensorValues;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  /** As {@link executeOp}, also while a function is traced. */
  executeOpNow: NativeTensorFlow['executeOp'];
  /**
   * Until `endTrace` or `abortTrace`, `executeOp` writes ops down instead of running them, and returns
   * symbolic tensors: no values, and nothing to delete. One trace at a time.
   */
  beginTrace(): void;
  /** An input of the function, in the order of the calls. */
  traceArgument(shape: readonly number[], dtype: number): TensorMetadata;
  /** A variable by its resource; the result stands for it as an op's input. Shape and dtype are its value's. */
  traceVariable(resource: number, shape: readonly number[], dtype: number): number;
  /** Runs what a symbolic tensor depends on, which must not be an argument. */
  traceEvaluate(id: number): TensorMetadata;
  /** The function's number; `config` is a serialised ConfigProto for it alone, or empty. */
  endTrace(
    name: string,
    outputs: readonly number[],
    options: { xla: boolean; config: Uint8Array },
  ): number;
  abortTrace(): void;
  callFunction(id: number, inputs: readonly number[]): TensorMetadata[];
  /** On another thread; the inputs may be deleted meanwhile. Calls are made one at a time, in any order. */
  callFunctionAsync(id: number, inputs: readonly number[]): Promise<TensorMetadata[]>;
  deleteFunction(id: number): void;
  /** Ends the lease; its slot is given back when TensorFlow drops the tensor. */
  adoptBatch(lease: SlotLease, shape: readonly number[], dtype: number): TensorMetadata;
  /** Takes a serialised ConfigProto; false, and nothing changes, once TensorFlow has started. */
  configure(config: Uint8Array): boolean;
  devices(): NativeDevice[];
  memory(): { tensors: number; bytes: number; functions: number };
}
