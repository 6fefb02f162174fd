/** L-BFGS: minimises a smooth convex function of many numbers (Liu & Nocedal 1989, https://doi.org/10.1007/BF01589116). */

/** A function's value and gradient at a point. */
export interface Slope {
  value: number;
  gradient: Float64Array;
}

interface Limits {
  /** Most steps. */
  steps: number;
  /** The largest part of the gradient at which the point counts as the minimum. */
  tolerance: number;
}

export interface Minimum extends Slope {
  point: Float64Array;
  steps: number;
}

/** A step, and the change of the gradient along it. */
interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** 1 over the product of both. */
  scale: number;
}

/** Pairs that are remembered. */
const memory = 10;

/** The share of the decrease that the slope promises which a step must reach (Armijo's condition). */
const enough = 1e-4;

/** A step is halved so often at most: then rounding decides. */
const mostHalvings = 20;

/** From `start` to the minimum, or until the limit of steps, or until no step makes the value smaller. */
export async function minimise(
  slopeAt: (point: Float64Array) => Promise<Slope>,
  start: Float64Array,
  { steps, tolerance }: Limits,
): Promise<Minimum> {
  let now = { point: start, ...(await slopeAt(start)) };
  const pairs: Pair[] = [];
  for (let taken = 0; taken < steps; taken++) {
    if (largest(now.gradient) <= tolerance) {
      return { ...now, steps: taken };
    }
    const next = await searched(slopeAt, now, directionOf(now.gradient, pairs));
    if (next === undefined) {
      return { ...now, steps: taken };
    }
    remember(pairs, now, next);
    now = next;
  }
  return { ...now, steps };
}

/** The way down: the gradient times the inverse of the curvature that the pairs tell, negative. */
function directionOf(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, scale } = pairs[i] as Pair;
    shares[i] = scale * product(step, direction);
    add(direction, change, -(shares[i] as number));
  }
  const last = pairs.at(-1);
  // Without a pair, a step of length 1 at most.
  const length =
    last === undefined
      ? Math.min(1, 1 / Math.sqrt(product(gradient, gradient)))
      : 1 / (last.scale * product(last.change, last.change));
  for (let i = 0; i < direction.length; i++) {
    direction[i] = (direction[i] as number) * length;
  }
  for (const [i, { step, change, scale }] of pairs.entries()) {
    add(direction, step, (shares[i] as number) - scale * product(change, direction));
  }
  return direction;
}

/** The first point along `direction`, at 1, ½, ¼ … of it, that is low enough. */
async function searched(
  slopeAt: (point: Float64Array) => Promise<Slope>,
  { point, value, gradient }: Omit<Minimum, 'steps'>,
  direction: Float64Array,
): Promise<Omit<Minimum, 'steps'> | undefined> {
  const promised = product(gradient, direction);
  let share = 1;
  for (let halvings = 0; halvings <= mostHalvings; halvings++) {
    const there = point.slice();
    add(there, direction, share);
    const slope = await slopeAt(there);
    if (slope.value < value && slope.value <= value + enough * share * promised) {
      return { point: there, ...slope };
    }
    share /= 2;
  }
  return undefined;
}

function remember(pairs: Pair[], before: Omit<Minimum, 'steps'>, after: typeof before): void {
  const step = after.point.map((value, i) => value - (before.point[i] as number));
  const change = after.gradient.map((value, i) => value - (before.gradient[i] as number));
  const curvature = product(step, change);
  // Rounding may hide the curvature.
  if (curvature > 0) {
    pairs.push({ step, change, scale: 1 / curvature });
  }
  if (pairs.length > memory) {
    pairs.shift();
  }
}

function product(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) {
    sum += (one[i] as number) * (other[i] as number);
  }
  return sum;
}

/** Adds `share` of `other` to `values`. */
function add(values: Float64Array, other: Float64Array, share: number): void {
  for (let i = 0; i < values.length; i++) {
    values[i] = (values[i] as number) + share * (other[i] as number);
  }
}

const largest = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
