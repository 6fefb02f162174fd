/** A graph made ready: its operations checked and chosen once, so that a call only computes. */
import { expected } from '../errors.js';
import { nearest } from '../near-miss.js';
import { shapesOf, type tf } from '../tensorflow/index.js';
import { arranged, inNetworkOrder, memoryOrder } from './axes.js';
import { checkGraph } from './check-graph.js';
import type { Graph, GraphNode } from './graph.js';
import { mostNumbers } from './host.js';
import { Call, type Compute, type Mode, Node, titleOf } from './node.js';
import { operations } from './operations/index.js';
import { inOrder, isHost, onDevice, type Value } from './values.js';
import { keptWeights, type ProgramWeight, type WeightValue, weightValue } from './weights.js';

interface Step {
  node: Node;
  compute: Compute;
  /** Numbers of values; undefined where an optional input is left out. */
  inputs: (number | undefined)[];
  outputs: number[];
}

/** Accompanies a pass over a graph, with the values of each operation in the order of the node's inputs and outputs. */
export interface Observer {
  /** Gives the inputs that the operation is to take. */
  before?(node: Node, inputs: Inputs): Inputs;
  after?(node: Node, inputs: Inputs, outputs: readonly Value[]): void;
}

/** Undefined where an optional one is left out. */
export type Inputs = readonly (Value | undefined)[];

const predicting: Mode = { isTraining: false };

/** The order of an image's axes in memory. */
const imageOrder = [0, 2, 3, 1];

export class Program {
  /** Those that the outputs need, in the order of the graph's. */
  readonly weights: readonly ProgramWeight[];
  /** The order of the axes of images in the file, in memory. */
  private readonly imageOrder: number[];
  private readonly numbers = new Map<string, number>();
  private readonly steps: Step[] = [];
  /** Values by their numbers: those that are known before the first call. */
  private readonly known: (Value | undefined)[] = [];
  private readonly knownCount = new NumberCount();

  /**
   * @param outputs values of the graph, by name. What they do not need is left out.
   * @throws InvalidInputError when the graph is not one, when an operation or an attribute is not known, and when a value is
   *   missing
   */
  constructor(
    graph: Graph,
    readonly outputs: readonly string[],
  ) {
    checkGraph(graph);
    this.imageOrder = imageOrderOf(graph);
    const nodes = neededNodes(graph, outputs);
    const used = new Set([...outputs, ...nodes.flatMap(({ inputs }) => inputs)]);
    this.weights = keptWeights(
      graph.weights.filter(({ name }) => used.has(name)),
      nodes,
    );
    this.numberOf(graph.input.name);
    for (const { name } of this.weights) {
      this.numberOf(name);
    }
    for (const [name, constant] of Object.entries(graph.constants)) {
      this.known[this.numberOf(name)] = constant;
    }
    // Within a trace, operations on constants compute no tensors, which may be of any size.
    traced(() => {
      for (const node of nodes) {
        this.add(node);
      }
      return [];
    });
    for (const name of outputs) {
      if (!this.numbers.has(name)) {
        throw unknownValue('the outputs', name, this.numbers.keys());
      }
    }
  }

  /**
   * @param images [batch, height, width, 3], float32
   * @param weights in the order of {@link weights}
   * @returns the outputs. Maps, [batch, channels, height, width] in the file, have TensorFlow's order of axes, as images do
   */
  run(
    images: tf.Tensor,
    weights: readonly WeightValue[],
    mode: Mode = predicting,
    observer?: Observer,
  ): tf.Tensor[] {
    const values = [...this.known];
    values[0] = { tensor: images, axes: memoryOrder(this.imageOrder) };
    weights.forEach((weight, i) => {
      values[i + 1] = weightValue(weight, this.weights[i] as ProgramWeight);
    });
    const count = new NumberCount();
    for (const step of this.steps) {
      const { node } = step;
      const given = inputsOf(step, values);
      const inputs = observer?.before?.(node, given) ?? given;
      const results = computed(step, inputs, mode);
      count.add(node, inputs, results);
      observer?.after?.(node, inputs, results);
      step.outputs.forEach((number, i) => {
        values[number] = results[i];
      });
    }
    return this.outputs.map((name) => {
      const value = onDevice(values[this.numbers.get(name) as number] as Value);
      return value.axes.length === 4 ? arranged(value, this.imageOrder) : inNetworkOrder(value);
    });
  }

  /**
   * The shapes of the outputs, without computing them.
   *
   * @param images the shape of a batch of images
   * @throws InvalidInputError with the node, where its inputs do not fit
   */
  shapes(images: number[], observer?: Observer): number[][] {
    const shapes = [images, ...this.weights.map(({ shape }) => shape)];
    return traced(
      (batch, ...weights) => this.run(batch as tf.Tensor, weights, predicting, observer),
      shapes,
    );
  }

  private numberOf(name: string): number {
    const number = this.numbers.get(name) ?? this.numbers.size;
    this.numbers.set(name, number);
    return number;
  }

  /** Adds the step of a node, or its result if that follows from constants. */
  private add(source: GraphNode): void {
    const node = new Node(source);
    const step = {
      node,
      compute: computeOf(node),
      inputs: source.inputs.map((name) =>
        name === '' ? undefined : this.valueNamed(name, source),
      ),
      outputs: source.outputs.map((name) => this.numberOf(name)),
    };
    const results = this.constantResults(step);
    if (results === undefined) {
      this.steps.push(step);
    } else {
      step.outputs.forEach((number, i) => {
        this.known[number] = results[i];
      });
    }
  }

  private valueNamed(name: string, node: GraphNode): number {
    const number = this.numbers.get(name);
    if (number === undefined) {
      throw unknownValue(`the inputs of ${titleOf(node)}`, name, this.numbers.keys());
    }
    return number;
  }

  private constantResults(step: Step): Value[] | undefined {
    const isConstant = step.inputs.every((number) => number === undefined || this.known[number]);
    if (!isConstant) {
      return undefined;
    }
    const inputs = inputsOf(step, this.known);
    const results = computed(step, inputs, predicting);
    this.knownCount.add(step.node, inputs, results);
    // An operation without a form for JavaScript gives tensors.
    return results.every(isHost) ? results : undefined;
  }
}

const inputsOf = ({ inputs }: Step, values: readonly (Value | undefined)[]): Inputs =>
  inputs.map((number) => (number === undefined ? undefined : values[number]));

/** Bounds the numbers that JavaScript computes in one pass over a graph. */
class NumberCount {
  private numbers = 0;

  /** @throws InvalidInputError when the results of a step make them too many */
  add(node: Node, inputs: Inputs, results: readonly Value[]) {
    for (const result of results.filter(isHost)) {
      // Another shape of the same numbers takes no memory.
      const isNew = inputs.every(
        (value) => !value || !isHost(value) || value.values !== result.values,
      );
      this.numbers += isNew ? result.values.length : 0;
    }
    if (this.numbers > mostNumbers) {
      const what = `at most ${mostNumbers} numbers that are known beforehand`;
      throw expected(what, `the nodes up to ${node.title}`, this.numbers);
    }
  }
}

/** The shapes of what a function gives, which only makes a trace: if it fails, inputs of an operation do not fit. */
function traced(
  record: (...args: tf.Tensor[]) => tf.Tensor[],
  shapes: number[][] = [],
): number[][] {
  try {
    return shapesOf(record, shapes);
  } catch (error) {
    const { name, message } = error as Error;
    throw name === 'InvalidInputError'
      ? error
      : expected('operations whose inputs fit', 'the network', message);
  }
}

function computed({ node, compute }: Step, inputs: Inputs, mode: Mode): Value[] {
  try {
    return [compute(new Call(node, inputs, mode))].flat();
  } catch (error) {
    if (error instanceof Error && !error.message.includes(node.title)) {
      error.message = `${node.title}: ${error.message}`;
    }
    throw error;
  }
}

function computeOf(node: Node): Compute {
  const { operation } = node.source;
  if (!Object.hasOwn(operations, operation)) {
    const close = nearest(operation, Object.keys(operations));
    const hint = close === undefined ? '' : `Did you mean ${close}?`;
    throw expected('an operation that Bobbin computes', node.title, operation, hint);
  }
  const compute = operations[operation]?.(node) as Compute;
  node.checkAttributes();
  return compute;
}

const unknownValue = (where: string, name: string, known: Iterable<string>): Error => {
  const close = nearest(name, known);
  const hint = close === undefined ? '' : `Did you mean ${close}?`;
  return expected('a value that comes before', where, name, hint);
};

/** Those from which the outputs follow, in their order. */
export function neededNodes({ nodes }: Graph, outputs: readonly string[]): GraphNode[] {
  const wanted = new Set(outputs);
  const needed = [...nodes].reverse().filter((node) => {
    const isNeeded = node.outputs.some((name) => name !== '' && wanted.has(name));
    if (isNeeded) {
      for (const name of node.inputs) {
        wanted.add(name);
      }
    }
    return isNeeded;
  });
  return needed.reverse();
}

/** Whether the file's images have their channels first or last. */
function imageOrderOf({ input: { name, shape } }: Graph): number[] {
  const channels = [1, 3].filter((axis) => shape[axis] === 3);
  if (shape.length !== 4 || channels.length === 0) {
    throw expected('images [batch, 3, height, width] or [batch, height, width, 3]', name, shape);
  }
  return channels[0] === 1 ? imageOrder : inOrder(4);
}
