/** Changes the shapes in a graph while it is traced with images of another side. */
import { InvalidInputError } from '../errors.js';
import { groupsOf } from './axes.js';
import type { Graph, GraphNode, GraphWeight } from './graph.js';
import { type ChangedAxis, isIndependent } from './independence.js';
import type { Node } from './node.js';
import type { Shapes } from './positions.js';
import type { Inputs } from './program.js';
import { hostInts, isHost, shapeOf, sizeOf, type Value } from './values.js';

/** The length of the batch while shapes are compared: no other axis is a multiple of this prime. */
export const batch = 1009;

/** What the parts of a network mean at every side of its images was not shown. */
export class FixedSide extends InvalidInputError {
  /** @param part the weight or the operation that fits one side alone */
  constructor(readonly part: string) {
    super(`${part} fits images of one side alone.`);
  }
}

/** Sees a graph compute with images of another side, and gives its reshaped values the shapes that they need. */
export class Change {
  private readonly shapes = new Map<GraphNode, number[]>();
  private last: Node | undefined;

  /** @param grids patches of a row, of the old side and of the new one; undefined if the graph has no positions */
  constructor(
    private readonly graph: Graph,
    private readonly old: Shapes,
    private readonly grids: { from: number; to: number } | undefined,
  ) {}

  /** The inputs that an operation is to take in the place of `inputs`. */
  inputsOf(node: Node, inputs: Inputs): Inputs {
    this.last = node;
    const { operation, inputs: names } = node.source;
    const changed = inputs.map((value, i) => this.changedAxes(value, names[i] as string));
    if (changed.flat().length === 0) {
      return inputs;
    }
    if (!isIndependent({ node, inputs, changed })) {
      throw new FixedSide(node.title);
    }
    return operation === 'Reshape' ? this.reshaped(node, inputs) : inputs;
  }

  /** Names the part that is at fault where a pass over the graph fails. */
  tried<Result>(pass: () => Result): Result {
    try {
      return pass();
    } catch (error) {
      throw error instanceof FixedSide ? error : new FixedSide(this.lastPart());
    }
  }

  /** The nodes of a graph with other shapes, and the constants with these. */
  parts({ nodes, constants }: Graph): Pick<Graph, 'nodes' | 'constants'> {
    const added: Graph['constants'] = {};
    const changed = nodes.map((node) => {
      const shape = this.shapes.get(node);
      if (shape === undefined) {
        return node;
      }
      const name = `${node.outputs[0]}:shape`;
      added[name] = hostInts(shape);
      return { ...node, inputs: [node.inputs[0] as string, name] };
    });
    return { nodes: changed, constants: { ...constants, ...added } };
  }

  private changedAxes(value: Value | undefined, name: string): ChangedAxis[] {
    const old = this.old.get(name);
    if (value === undefined || isHost(value) || old === undefined) {
      return [];
    }
    const { from = 0, to = 0 } = this.grids ?? {};
    return shapeOf(value).flatMap((size, axis) => {
      const prefix = (old[axis] as number) - from ** 2;
      const isTokens = prefix >= 0 && size - to ** 2 === prefix;
      return size === old[axis] ? [] : [{ axis, prefix: isTokens ? prefix : undefined }];
    });
  }

  /** The inputs with the shape in which the axes that were split or merged at the old side are so at the new one. */
  private reshaped(node: Node, [value]: Inputs): Inputs {
    const { inputs, outputs } = node.source;
    const [before, after] = [inputs[0], outputs[0]].map((name) => this.old.get(name as string));
    const shape = before && after && newShape(before, after, shapeOf(value as Value));
    if (shape === undefined) {
      throw new FixedSide(node.title);
    }
    this.shapes.set(node.source, shape);
    return [value, hostInts(shape)];
  }

  /** The operation that was traced last. Where weights alone make one of its inputs, also the largest of these weights. */
  private lastPart(): string {
    const { title, source } = this.last as Node;
    const [largest] = weightsBehind(this.graph, source.inputs).sort(
      (one, other) => sizeOf(other.shape) - sizeOf(one.shape),
    );
    return largest === undefined
      ? title
      : `${title} with the weight ${largest.name} [${largest.shape}]`;
  }
}

/** The weights that make those of the values which do not depend on the images. */
function weightsBehind({ input, nodes, weights }: Graph, values: string[]): GraphWeight[] {
  const ofImages = new Set([input.name]);
  for (const { inputs, outputs } of nodes) {
    if (inputs.some((name) => ofImages.has(name))) {
      for (const name of outputs) {
        ofImages.add(name);
      }
    }
  }
  const behind = new Set(values.filter((name) => !ofImages.has(name)));
  for (const { inputs, outputs } of [...nodes].reverse()) {
    if (outputs.some((name) => behind.has(name))) {
      for (const name of inputs) {
        behind.add(name);
      }
    }
  }
  return weights.filter(({ name }) => behind.has(name));
}

/**
 * What reshapes `now` as `before` became `after`; -1 for the batch, which may have any length. Undefined if it is open which axis
 * follows the side.
 */
function newShape(
  before: readonly number[],
  after: readonly number[],
  now: readonly number[],
): number[] | undefined {
  const sizes = (shape: readonly number[], axes: number[]) =>
    sizeOf(axes.map((axis) => shape[axis] as number));
  const groups = groupsOf(before, after);
  const shape = after.map((size) => (size % batch === 0 ? -1 : size));
  if (groups === undefined || shape.filter((size) => size === -1).length > 1) {
    return undefined;
  }
  for (const { from, to } of groups) {
    if (sizes(before, from) === sizes(now, from)) {
      continue;
    }
    const [axis, ...others] = to.filter((each) => shape[each] !== -1);
    if (others.length > 0) {
      return undefined;
    }
    // An axis that merges the batch with tokens follows by itself.
    if (axis !== undefined) {
      const rest = sizes(after, to) / (after[axis] as number);
      shape[axis] = sizes(now, from) / rest;
    }
  }
  return shape;
}
