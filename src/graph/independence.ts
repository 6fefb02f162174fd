/** Whether operations mean the same for images of every side. */
import type { Node } from './node.js';
import type { Inputs } from './program.js';
import { fromFront, isHost, shapeOf, type Value } from './values.js';

/** An axis whose length depends on the side. */
export interface ChangedAxis {
  axis: number;
  /** Tokens before those of the patches; undefined for an axis of other elements. */
  prefix: number | undefined;
}

/** One use of an operation on values whose shapes depend on the side. */
interface Use {
  node: Node;
  inputs: Inputs;
  /** The axes of each input that changed. */
  changed: ChangedAxis[][];
}

/** Operations that mean the same at every side, if their inputs fit together. */
const independent = new Set(
  `
    Add BatchNormalization Cast CastLike Clip Conv Div Einsum Elu Erf Exp Expand Flatten Gelu Gemm
    GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish Identity LayerNormalization LeakyRelu MatMul
    Max Min Mish Mul Neg Pow Reciprocal ReduceMax ReduceMean Relu Reshape Shape Sigmoid Softmax Softplus
    Sqrt Squeeze Sub Tanh Transpose Unsqueeze Where
  `.match(/\w+/g),
);

/** Whether a use of another operation means the same at every side. */
const conditions: Record<string, (use: Use) => boolean> = {
  // Tokens of patches are the last part.
  Concat: ({ node, inputs, changed }) => {
    const parts = changed.map((_, part) => along(changed, node, inputs, part));
    return parts.slice(0, -1).every((part) => part === undefined);
  },
  Gather: ({ node, inputs, changed }) => {
    const axis = along(changed, node, inputs);
    return axis === undefined || ints(inputs[1]).every((at) => at >= 0 && at < (axis.prefix ?? 0));
  },
  Split: ({ node, inputs, changed }) => along(changed, node, inputs) === undefined,
  // From a token before the patches on, to another one of them or to the end.
  Slice({ inputs: [value, ...settings], changed: [axes = []] }) {
    const shape = shapeOf(value as Value);
    const [starts = [], ends = [], given, steps] = settings.map((each) => each && ints(each));
    return starts.every((start, i) => {
      const at = fromFront(given?.[i] ?? i, shape.length);
      const axis = axes.find((each) => each.axis === at);
      const end = ends[i] as number;
      const [prefix, size] = [axis?.prefix ?? -1, shape[at] as number];
      const isWithin =
        start >= 0 && start <= prefix && (end >= size || (end >= 0 && end <= prefix));
      return axis === undefined || ((steps?.[i] ?? 1) === 1 && isWithin);
    });
  },
};

const ints = (value: Value | undefined): number[] => (value && isHost(value) ? value.values : [-1]);

/** The changed axis of an input that is the one along which the operation works. */
function along(
  changed: ChangedAxis[][],
  node: Node,
  inputs: Inputs,
  input = 0,
): ChangedAxis | undefined {
  const { length } = shapeOf(inputs[input] as Value);
  const axis = fromFront(node.number('axis', 0), length);
  return changed[input]?.find((each) => each.axis === axis);
}

/** Whether a use of an operation means the same at every side, if its inputs fit together. */
export function isIndependent(use: Use): boolean {
  const { operation } = use.node.source;
  return independent.has(operation) || conditions[operation]?.(use) === true;
}
