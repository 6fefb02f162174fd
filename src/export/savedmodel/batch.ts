/**
 * Makes the batch of a traced graph of any length. A trace has one length, which is a prime that divides no other side; so every
 * whole number in the graph that it divides follows from the length of the batch.
 */
import { expected } from '../../errors.js';
import { attribute, integersField, nodeField, type Pieces } from './nodes.js';

/** As lengths of a batch. */
const primes = [1009, 1013, 1019, 1021, 1031];

/**
 * @param sides all sides of the weights and images
 * @throws InvalidInputError when each prime is a factor of one of them
 */
export function lengthApart(sides: readonly number[]): number {
  const length = primes.find((prime) => sides.every((side) => side % prime !== 0));
  if (length === undefined) {
    const what = `sides of weights that one of ${primes.join(', ')} does not divide`;
    throw expected(what, 'the classifier', 'sides with all of these factors');
  }
  return length;
}

/** Whole numbers of a graph. */
export interface Integers {
  name: string;
  shape: readonly number[];
  values: readonly number[];
}

const batchName = 'batch/length';

/** Nodes that compute the length of the batch. */
export function batchNodes(images: string): Pieces {
  const types = { T: attribute.type('int32'), Index: attribute.type('int32') };
  return [
    ...nodeField({
      name: 'batch/shape',
      op: 'Shape',
      inputs: [images],
      attributes: { T: attribute.type('float32'), out_type: attribute.type('int32') },
    }),
    ...integersField('batch/begin', [1], Int32Array.of(0)),
    ...integersField('batch/size', [1], Int32Array.of(1)),
    ...nodeField({
      name: 'batch/first',
      op: 'Slice',
      inputs: ['batch/shape', 'batch/begin', 'batch/size'],
      attributes: types,
    }),
    ...nodeField({
      name: batchName,
      op: 'Squeeze',
      inputs: ['batch/first'],
      attributes: { T: attribute.type('int32') },
    }),
  ];
}

/** Nodes in the place of a constant whose numbers follow from a batch of `length`; undefined if none does. */
export function followingNodes(
  { name, shape, values }: Integers,
  length: number,
): Pieces | undefined {
  const follows = (value: number) => value > 0 && value % length === 0;
  if (!values.some(follows)) {
    return undefined;
  }
  const fixed = values.map((value) => (follows(value) ? 0 : value));
  const times = values.map((value) => (follows(value) ? value / length : 0));
  const step = (part: string, op: string, inputs: string[]) =>
    nodeField({ name: part, op, inputs, attributes: { T: attribute.type('int32') } });
  return [
    ...integersField(`${name}/fixed`, shape, Int32Array.from(fixed)),
    ...integersField(`${name}/times`, shape, Int32Array.from(times)),
    ...step(`${name}/batches`, 'Mul', [`${name}/times`, batchName]),
    ...step(name, 'AddV2', [`${name}/fixed`, `${name}/batches`]),
  ];
}
