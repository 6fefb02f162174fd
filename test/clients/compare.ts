/** Compares what a client returned with tfjs's answers. */

/** The numbers of one tensor, labels, or several of these by name. */
export type Outputs = number[] | string[] | { [name: string]: Outputs };

export interface Comparison {
  /** How many numbers and labels were compared. */
  numbers: number;
  labels: number;
  /** The largest difference of a number, as a share of its tensor's scale. */
  relative: number;
  /** One sentence for each difference that is too large. */
  faults: string[];
}

/** The largest share of its tensor's scale by which a number may differ. */
export const tolerance = 1e-5;

/**
 * Compares `found` with `answer`. Labels must be equal. A number may differ by `tolerance` times its tensor's scale, which is the
 * greatest absolute value in the answer.
 */
export function compare(found: Outputs | undefined, answer: Outputs): Comparison {
  const [lists, answers] = [namedLists(found), namedLists(answer)];
  const names = new Set([...answers.keys(), ...lists.keys()]);
  const comparisons = [...names].map((name) =>
    compareList(name, lists.get(name) ?? [], answers.get(name) ?? []),
  );
  return {
    numbers: sum(comparisons.map(({ numbers }) => numbers)),
    labels: sum(comparisons.map(({ labels }) => labels)),
    relative: Math.max(0, ...comparisons.map(({ relative }) => relative)),
    faults: comparisons.flatMap(({ faults }) => faults),
  };
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

type List = readonly (number | string)[];

/** The lists of nested outputs, by the names around them. */
function namedLists(outputs: Outputs | undefined, name = 'outputs'): Map<string, List> {
  if (Array.isArray(outputs)) {
    return new Map([[name, outputs]]);
  }
  return new Map(
    Object.entries(outputs ?? {}).flatMap(([key, part]) => [...namedLists(part, `${name}.${key}`)]),
  );
}

function compareList(name: string, found: List, answer: List): Comparison {
  const comparison: Comparison = { numbers: 0, labels: 0, relative: 0, faults: [] };
  if (found.length !== answer.length) {
    comparison.faults.push(`${name} has ${found.length} values instead of ${answer.length}`);
    return comparison;
  }
  const scale = Math.max(0, ...answer.map((value) => Math.abs(Number(value))));
  for (const [index, right] of answer.entries()) {
    const value = found[index];
    const isNumber = typeof right === 'number';
    const relative = isNumber ? share(Math.abs(Number(value) - right), scale) : 0;
    // NaN fails the first test.
    const fits = isNumber ? relative <= tolerance : value === right;
    comparison[isNumber ? 'numbers' : 'labels'] += 1;
    comparison.relative = Math.max(comparison.relative, relative);
    if (!fits) {
      comparison.faults.push(`${name}[${index}] is ${value} instead of ${right}`);
    }
  }
  return comparison;
}

const share = (difference: number, scale: number) => (difference === 0 ? 0 : difference / scale);
