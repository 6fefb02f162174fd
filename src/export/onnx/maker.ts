/** Collects the nodes and tensors of an ONNX graph. Images are [batch, channels, height, width] there. */
import { expected } from '../../errors.js';
import type { GraphConstant, GraphNode } from '../../graph/index.js';
import { tf } from '../../tensorflow/index.js';

/** A value of the graph. */
export interface Value {
  name: string;
  /** As layers have it, null for the batch: images are [batch, height, width, channels]. */
  shape: readonly (number | null)[];
}

/** A tensor of the file. */
export interface Stored {
  name: string;
  dtype: GraphConstant['dtype'];
  shape: readonly number[];
  /** Integers of every width are written as int64. */
  values: ArrayLike<number>;
}

/** The axes of an image as layers have it in ONNX's order, and the way back. */
const channelsFirst = [0, 3, 1, 2];
const channelsLast = [0, 2, 3, 1];

export class Maker {
  readonly nodes: GraphNode[] = [];
  readonly tensors: Stored[] = [];
  private readonly names: Set<string>;
  private place = '';

  /** @param names that no value may get by chance */
  constructor(names: readonly string[]) {
    this.names = new Set(names);
  }

  /** The layer, or another part, that the next nodes and tensors belong to. */
  begin(place: string): void {
    this.place = place;
  }

  /** A name that no other value has. */
  private free(wanted: string): string {
    let name = wanted;
    for (let count = 1; this.names.has(name); count++) {
      name = `${wanted}_${count}`;
    }
    this.names.add(name);
    return name;
  }

  /** Adds a node, and gives the name of its result. */
  add(
    operation: string,
    inputs: readonly string[],
    attributes: GraphNode['attributes'] = {},
  ): string {
    const output = this.free(`${this.place}/${operation}`);
    this.nodes.push({
      name: output,
      operation,
      inputs: [...inputs],
      outputs: [output],
      attributes,
    });
    return output;
  }

  /** Gives the result of a node its final name. */
  rename(value: string, name: string): void {
    const renamed = (each: string) => (each === value ? name : each);
    for (const node of this.nodes) {
      node.inputs = node.inputs.map(renamed);
      node.outputs = node.outputs.map(renamed);
    }
  }

  /** Adds a node of another graph. Its values have names of their own. */
  addNode(node: GraphNode): void {
    this.nodes.push(node);
  }

  store(tensor: Stored): void {
    this.names.add(tensor.name);
    this.tensors.push(tensor);
  }

  floats(values: readonly number[], shape: readonly number[] = []): string {
    const name = this.free(`${this.place}/numbers`);
    this.store({ name, dtype: 'float32', shape, values: Float32Array.from(values) });
    return name;
  }

  integers(values: readonly number[]): string {
    const name = this.free(`${this.place}/sizes`);
    this.store({ name, dtype: 'int32', shape: [values.length], values });
    return name;
  }

  /** Adds a weight. @param turn gives it the axes and the shape that ONNX has */
  weight(variable: tf.LayerVariable, turn = (value: tf.Tensor): tf.Tensor => value): string {
    const name = this.free(variable.originalName);
    const { shape, values } = tf.tidy(() => {
      const turned = turn(variable.read());
      return { shape: turned.shape, values: turned.dataSync<'float32'>() };
    });
    this.store({ name, dtype: 'float32', shape, values });
    return name;
  }

  /** The value with its axes as layers have them. */
  asLayersHave({ name, shape }: Value): string {
    return shape.length === 4 ? this.add('Transpose', [name], { perm: channelsLast }) : name;
  }

  /** A value of `rank` axes, which are as layers have them, with those of an image in ONNX's order. */
  asOnnxHas(name: string, rank: number): string {
    return rank === 4 ? this.add('Transpose', [name], { perm: channelsFirst }) : name;
  }
}

/** Where an axis of a value with `rank` axes is in ONNX. */
export function onnxAxis(axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis;
  return rank === 4 ? channelsFirst.indexOf(counted) : counted;
}

/** A number for each channel, the last axis, in a shape that broadcasts against values of `rank` axes. */
export const channelShape = (channels: number, rank: number): number[] =>
  rank === 4 ? [channels, 1, 1] : [channels];

/** A layer that ONNX cannot express, or that has something that the file cannot. */
export const refused = (layer: tf.layers.Layer, what: string, received: unknown): Error =>
  expected(
    what,
    `the layer ${layer.name} of an ONNX export`,
    received,
    'Export it to savedmodel, which takes every layer',
  );
