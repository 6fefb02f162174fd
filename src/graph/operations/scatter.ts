/** The operation that writes into places of a value, which BEiT numbers the distances of its patches with. */
import { hostScattered, stridesOf } from '../host.js';
import type { Operation } from '../node.js';
import { fromFront, inOrder, sizeOf } from '../values.js';

/** Replaces slices by their indices, [..., axes]; of numbers that are known beforehand alone. */
export const ScatterND: Operation = (node) => {
  node.only('reduction', 'none');
  return (call) => {
    const [value, indices, updates] = [call.host(0), call.host(1), call.host(2)];
    const { shape } = value;
    const axes = indices.shape.at(-1) ?? 0;
    if (!(axes >= 1 && axes <= shape.length)) {
      throw node.refuse(`indices of 1 to ${shape.length} axes`, 'input 1', indices.shape);
    }
    const slices = [...indices.shape.slice(0, -1), ...shape.slice(axes)];
    if (String(updates.shape) !== String(slices)) {
      throw node.refuse(`values [${slices}]`, 'input 2', updates.shape);
    }
    const strides = stridesOf(shape);
    const places = inOrder(sizeOf(indices.shape.slice(0, -1))).map((row) =>
      inOrder(axes).reduce((place, axis) => {
        const size = shape[axis] as number;
        const index = fromFront(indices.values[row * axes + axis] as number, size);
        if (!(index >= 0 && index < size)) {
          throw node.refuse(`indices of ${size} elements`, 'input 1', index);
        }
        return place + index * (strides[axis] as number);
      }, 0),
    );
    return hostScattered(value, places, updates);
  };
};
