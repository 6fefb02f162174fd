/** Adds one collective op to a traced function: all workers run it together, and it ends when all of them have. */
import * as tf from '@tensorflow/tfjs';
import { expected } from '../../errors.js';
import { backend, type Entry } from '../backend.js';
import { runtime } from '../configuration.js';
import type { OpAttribute, TensorMetadata } from '../native-tensorflow.js';
import { type Attribute, dtypeNumber, nativeAttributes } from '../ops.js';
import type { Trace } from '../trace.js';
import { idOf } from '../traced-variables.js';
import type { Group } from './group.js';

/** The type in which float32 tensors travel. */
export type WirePrecision = 'float32' | 'bfloat16' | 'float16';

/** Where a collective takes place: in which function, and among which workers. */
export interface Place {
  readonly trace: Trace;
  readonly group: Group;
}

/** What distinguishes one collective op from another. */
interface Collective {
  name: string;
  /** In words, equal on all workers. */
  description: string;
  /** TensorFlow's number for the type in which the tensor travels. */
  dtype: number;
  /** Symbols before and after the three numbers that each such op takes. */
  before: number[];
  after: number[];
  attributes?: Record<string, Attribute>;
}

/** All workers are one group of TensorFlow's. */
const groupKey = 1;

/**
 * The sum of the workers' tensors. The order of its terms is the same on all workers, so the sums are equal to the bit.
 *
 * @param tensor float32 or int32, of the same shape on each worker
 */
export function reduceOne(place: Place, tensor: tf.Tensor, precision: WirePrecision): tf.Tensor {
  const { shape } = tensor;
  const { dtype } = entryOf(tensor, 'float32', 'int32');
  const isNarrowed = precision !== 'float32' && dtype === runtime().TF_FLOAT;
  const travels = isNarrowed ? dtypeNumber(precision) : dtype;
  const sent = isNarrowed ? cast(idOf(tensor), travels) : idOf(tensor);
  const sum = addCollective(place, {
    ...{ name: 'CollectiveReduceV2', dtype: travels, before: [sent], after: [] },
    description: `allReduce of ${isNarrowed ? precision : tensor.dtype} [${shape.join()}]`,
    attributes: {
      merge_op: { type: 'string', value: 'Add' },
      final_op: { type: 'string', value: 'Id' },
      // 0: TensorFlow divides a large tensor into parts that travel at the same time.
      max_subdivs_per_device: { type: 'int', value: 0 },
    },
  });
  const id = isNarrowed ? cast(sum.id, dtype) : sum.id;
  return backend.createOutputTensor({ id, shape, dtype });
}

/**
 * The tensor of worker 0, on all workers.
 *
 * @param tensor float32, int32 or bool; on the other workers it gives the shape and type
 */
export function broadcastOne(place: Place, tensor: tf.Tensor): tf.Tensor {
  const { shape } = tensor;
  const { dtype } = entryOf(tensor, 'float32', 'int32', 'bool');
  const collective =
    place.group.index === 0
      ? { name: 'CollectiveBcastSendV2', before: [idOf(tensor)], after: [] }
      : { name: 'CollectiveBcastRecvV2', before: [], after: [idOf(tf.tensor1d(shape, 'int32'))] };
  const description = `broadcast of ${tensor.dtype} [${shape.join()}]`;
  const { id } = addCollective(place, { ...collective, description, dtype });
  return backend.createOutputTensor({ id, shape, dtype });
}

function addCollective({ trace, group }: Place, collective: Collective): TensorMetadata {
  const { name, description, dtype, before, after, attributes } = collective;
  const instanceKey = trace.collectiveKey(description);
  const numbers = [group.size, groupKey, instanceKey].map((value) =>
    idOf(tf.scalar(value, 'int32')),
  );
  const all = [
    typeAttribute('T', dtype),
    // No timeout_seconds: for each op with one, TensorFlow has a thread that sleeps as long.
    ...nativeAttributes({
      ...attributes,
      communication_hint: { type: 'string', value: group.communication },
    }),
  ];
  const [result] = runtime().executeOp(name, all, [...before, ...numbers, ...after], 1);
  return result as TensorMetadata;
}

/** @returns a symbol of the trace and not a tensor, since tfjs has no float16 tensors */
function cast(id: number, dtype: number): number {
  const [result] = runtime().executeOp('Cast', [typeAttribute('DstT', dtype)], [id], 1);
  return (result as TensorMetadata).id;
}

const typeAttribute = (name: string, value: number): OpAttribute => ({
  name,
  type: runtime().TF_ATTR_TYPE,
  value,
});

function entryOf({ dataId, dtype }: tf.Tensor, ...types: string[]): Entry {
  const entry = backend.tensorMap.get(dataId) as Entry;
  if (!types.some((name) => dtypeNumber(name) === entry.dtype)) {
    throw expected(`a tensor of ${types.join(' or ')}`, 'a collective', dtype);
  }
  return entry;
}
