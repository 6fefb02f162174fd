/** The most probable classes of an image. */

/**
 * Indices of the `count` greatest probabilities of `row`, [classes], the greatest first; of equal ones, the lower index first.
 * All classes if there are not so many.
 */
export function topClasses(row: ArrayLike<number>, count: number): number[] {
  const top: number[] = [];
  for (let index = 0; index < row.length; index++) {
    const value = row[index] as number;
    let place = top.length;
    while (place > 0 && value > (row[top[place - 1] as number] as number)) {
      place -= 1;
    }
    if (place < count) {
      top.splice(place, 0, index);
      top.length = Math.min(top.length, count);
    }
  }
  return top;
}
