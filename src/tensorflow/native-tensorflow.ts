/** The type of the exports of `native/addon/tensorflow.cc`: tfjs's binding and Bobbin's additions. */
import type { TFJSBinding } from '#tfjs-node/tfjs_binding.js';
import type { SlotLease } from '../native.js';

/** A tensor of the native table. The caller that receives it owns it and calls `deleteTensor(id)`. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  /** TensorFlow's number for the dtype, one of the `TF_*` constants. */
  dtype: number;
}

/** A trace's graph. */
export interface TracedGraph {
  /** A serialised GraphDef. */
  definition: Buffer;
  /** Names of the nodes of the arguments. */
  arguments: string[];
  /** Names of the results, `node:index`. */
  outputs: string[];
  /** Tensors that the graph reads, each with the name of its placeholder. The caller deletes them. */
  captured: (TensorMetadata & { name: string })[];
}

/** The value of an op's attribute. An array is a list; for `TF_ATTR_SHAPE` a list is an array of arrays. */
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

/** float32 and complex64 (in pairs) → Float32Array, int64 → BigInt64Array, bool and uint8 → Uint8Array. */
export type TensorValues = Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[];

export interface NativeDevice {
  /** TensorFlow's full name, e.g. `/job:localhost/replica:0/task:0/device:GPU:0`. */
  name: string;
  type: string;
  /** Largest memory that TensorFlow will use on the device, in bytes. */
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
  /** Copies the values. For int64 it also takes tfjs's form: an Int32Array of little-endian halves. */
  createTensor(
    shape: readonly number[],
    dtype: number,
    values: TensorValues | Uint8ClampedArray,
  ): number;
  /** Copies of the values. A resource has its serialised handle as its value. */
  tensorDataSync(id: number): TensorValues;
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  /** Runs the op as {@link executeOp} does outside of traces, even during a trace. */
  executeOpNow: NativeTensorFlow['executeOp'];
  /**
   * Begins a trace. Until `endTrace` or `abortTrace`, `executeOp` records ops instead of running them and returns symbols:
   * tensors without values that need not be deleted. There is one trace at a time. In a frozen one, an op without a state whose
   * inputs all have values runs at once, and its results have values: delete them.
   */
  beginTrace(frozen: boolean): void;
  /** Adds an input to the function. The inputs have the order of the calls. */
  traceArgument(shape: readonly number[], dtype: number): TensorMetadata;
  /** A symbol of a variable's resource, for the inputs of ops; `shape` is that of the variable's value. */
  traceVariable(resource: number, shape: readonly number[]): number;
  /** Computes a symbol's value now. It must not depend on an argument. */
  traceEvaluate(id: number): TensorMetadata;
  /** The op of the trace whose first result is the symbol, and its inputs; undefined if there is none. */
  traceSource(id: number): { name: string; inputs: TensorMetadata[] } | undefined;
  /** Adds that op again, with other inputs, and returns its first result. */
  traceAgain(id: number, inputs: readonly number[]): TensorMetadata;
  /**
   * Ends the trace and returns the function's number. `config` is a serialised ConfigProto for this function, or empty. A
   * sequential function runs its ops on one thread.
   */
  endTrace(
    name: string,
    outputs: readonly number[],
    options: { xla: boolean; config: Uint8Array; sequential: boolean },
  ): number;
  /** The graph of the trace so far, which continues. */
  traceGraph(outputs: readonly number[]): TracedGraph;
  abortTrace(): void;
  callFunction(id: number, inputs: readonly number[]): TensorMetadata[];
  /** The same on another thread. The inputs may be deleted during the call. Calls run one at a time, in any order. */
  callFunctionAsync(id: number, inputs: readonly number[]): Promise<TensorMetadata[]>;
  deleteFunction(id: number): void;
  /** Makes a tensor of a slot and ends its lease. The slot goes back to the loader when TensorFlow frees the tensor. */
  adoptBatch(lease: SlotLease, shape: readonly number[], dtype: number): TensorMetadata;
  /** Takes a serialised ConfigProto. Returns false, without an effect, if TensorFlow has started. */
  configure(config: Uint8Array): boolean;
  devices(): NativeDevice[];
  memory(): { tensors: number; bytes: number; functions: number };
}
