/** Numbers the collective ops of all traces, so that TensorFlow pairs an op with the same op of the other workers. */

/**
 * TensorFlow keeps, for each number, the shape and type of the tensor that travelled first, and refuses others. So an op has a
 * number of its own for each place in a function and each size. Ops of equal places and sizes share one, which TensorFlow allows to
 * ops that run one after another: numbers that grew with each trace would differ between workers, since only some workers trace
 * a function again when their batches differ in size.
 *
 * Numbers are given in the order in which the ops are traced first, which is the same on all workers.
 */
const numbers = new Map<string, number>();

/**
 * @param place of the op among the collectives of its function
 * @param description of the op and its tensor
 */
export function instanceKey(place: number, description: string): number {
  const name = `${place} ${description}`;
  const known = numbers.get(name) ?? numbers.size + 1;
  numbers.set(name, known);
  return known;
}
