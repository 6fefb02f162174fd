/** An imported network as a layer of tfjs: it owns the weights, trains, and is saved in a model's JSON. */
import { isObject, parseJson } from '../disk/index.js';
import { expected } from '../errors.js';
import { type BatchShare, tf } from '../tensorflow/index.js';
import type { Graph, GraphNode } from './graph.js';
import { multiplyAdds } from './multiply-adds.js';
import { type Observer, Program } from './program.js';
import { onDevice, type Value } from './values.js';
import type { ProgramWeight, WeightValue } from './weights.js';

interface GraphLayerOptions {
  name: string;
  graph: Graph;
  /** Values of the graph, by name, that the layer gives. */
  outputs: readonly string[];
}

/** What happens in training to one input of a node. */
interface BranchDrop {
  input: number;
  /** @param axis that of the images, of which there may be a share */
  drop(branch: tf.Tensor, axis: number, key: tf.Tensor1D, share: BatchShare | undefined): tf.Tensor;
}

interface CallArguments {
  training?: boolean;
  dropoutKey?: tf.Tensor1D;
  /** Where several processes share the batch, what this one has of it. */
  share?: BatchShare | undefined;
}

/** tfjs changes the spelling of all texts and keys in a configuration but of a text under the key `name`. */
interface GraphLayerConfig {
  name: string;
  graph?: { name: string };
}

/**
 * Takes images, [batch, height, width, 3], and gives the outputs: one tensor, or an array of several. Its weights have the
 * names of the file, after the layer's own: `resnet50/layer1.0.conv1.weight`. In training, batch normalisation uses the batch's
 * statistics and keeps averages of them, unless the layer is frozen.
 */
export class GraphLayer extends tf.layers.Layer {
  static className = 'GraphLayer';

  /** Plain tfjs does not have the layer. */
  readonly needsBobbin = true;

  readonly graph: Graph;
  readonly outputs: readonly string[];
  private readonly program: Program;
  private readonly variables: tf.LayerVariable[] = [];
  private readonly drops = new Map<GraphNode, BranchDrop>();
  private extension: { program: Program; weights: WeightValue[] } | undefined;

  /** @throws InvalidInputError when the graph has an operation that is not known, or lacks a value */
  constructor({ graph, outputs, ...rest }: GraphLayerOptions) {
    super(rest);
    this.graph = graph;
    this.outputs = outputs;
    this.program = new Program(graph, outputs);
  }

  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { graph, ...rest } = config as unknown as GraphLayerConfig;
    const where = `the configuration of the layer ${rest.name}`;
    const stored = parseJson(graph?.name ?? '', where);
    if (!isObject(stored) || !Array.isArray(stored.outputs)) {
      throw expected('a graph and its outputs', where, stored);
    }
    return new cls({ ...rest, graph: stored.graph, outputs: stored.outputs });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { graph, outputs } = this;
    return { ...super.getConfig(), graph: { name: JSON.stringify({ graph, outputs }) } };
  }

  override build(): void {
    const zeros = tf.initializers.zeros();
    for (const { name, shape, trainable } of this.program.weights) {
      const weight = this.addWeight(
        tensorName(name),
        shape,
        'float32',
        zeros,
        undefined,
        trainable,
      );
      this.variables.push(weight);
    }
    this.built = true;
  }

  override computeOutputShape(input: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    const [, ...sides] = input as number[];
    if (sides.some((side) => side === null)) {
      throw expected('a height and a width', `the images of ${this.name}`, input);
    }
    // Two images tell a batch of any length from a length that the graph fixes.
    const shapes = this.program.shapes([2, ...sides]);
    const all = shapes.map((shape, i) => {
      if (shape[0] !== 2) {
        throw expected('the batch as the first axis', `the value ${this.outputs[i]}`, shape);
      }
      return [null, ...shape.slice(1)];
    });
    return all.length === 1 ? (all[0] as tf.Shape) : all;
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training = false, dropoutKey, share }: CallArguments,
  ): tf.Tensor | tf.Tensor[] {
    const images = Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
    const mode = { isTraining: training && this.trainable, share };
    return tf.tidy(() => {
      const { program, weights } = this.extension ?? {
        program: this.program,
        weights: this.variables,
      };
      const observer = training && dropoutKey ? this.dropping(dropoutKey, share) : undefined;
      const results = program.run(images, weights, mode, observer);
      return results.length === 1 ? (results[0] as tf.Tensor) : results;
    });
  }

  /** In training, one input of the graph's node changes from now on; undefined ends it. */
  setDrop(node: GraphNode, drop: BranchDrop | undefined): void {
    if (drop === undefined) {
      this.drops.delete(node);
    } else {
      this.drops.set(node, drop);
    }
  }

  private dropping(key: tf.Tensor1D, share: BatchShare | undefined): Observer {
    return {
      before: ({ source }, inputs) => {
        const change = this.drops.get(source);
        return change === undefined
          ? inputs
          : inputs.map((value, i) =>
              i === change.input ? dropped(value, change, key, share) : value,
            );
      },
    };
  }

  /**
   * Computes another graph from now on; undefined ends it. Saving and the shapes of weights stay as they are.
   *
   * @param graph has the weights of the layer's own, then others
   * @param others their values, in the graph's order, in which the layer's outputs need them
   */
  extend(graph?: Graph, others: readonly tf.Variable[] = []): void {
    this.extension = graph && {
      program: new Program(graph, this.outputs),
      weights: [...this.variables, ...others],
    };
  }

  /** The multiplications, each with its addition, for a batch of images of the shape `images`. */
  multiplyAdds(images: number[]): number {
    let sum = 0;
    this.program.shapes(images, {
      after(node, inputs, [output]) {
        sum += multiplyAdds(node, inputs, output as Value);
      },
    });
    return sum;
  }

  /** The variable of a weight, by its name in the file. */
  variable(name: string): tf.LayerVariable {
    const index = this.program.weights.findIndex((weight) => weight.name === name);
    return this.variables[index] as tf.LayerVariable;
  }

  /** The weight of the file that a weight of this layer is, given its name after the layer's own. */
  fileWeight(name: string): ProgramWeight | undefined {
    return this.program.weights.find((weight) => tensorName(weight.name) === name);
  }
}

function dropped(
  value: Value | undefined,
  { drop }: BranchDrop,
  key: tf.Tensor1D,
  share: BatchShare | undefined,
): Value {
  const { tensor, axes } = onDevice(value as Value);
  return { tensor: drop(tensor, axes[0] as number, key, share), axes };
}

/**
 * tfjs allows few characters in names; exporters also write `onnx::Conv_138`. A name that begins with a number, as in torch's
 * Sequential, would tell tfjs's loader that the file is of Keras 3.
 */
const tensorName = (name: string): string =>
  name.replace(/[^-\w./]/g, '.').replace(/^(?![A-Za-z])/, 'w');

tf.serialization.registerClass(GraphLayer);
