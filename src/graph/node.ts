/** How an operation sees its node: attributes before the first call, inputs in each call, and errors that name the node. */
import { expected } from '../errors.js';
import type { BatchShare } from '../tensorflow/index.js';
import type { GraphNode } from './graph.js';
import {
  type DeviceValue,
  fromFront,
  type HostValue,
  isHost,
  onDevice,
  type Value,
} from './values.js';

/** `Conv "/layer1/conv1/Conv"`. */
export const titleOf = ({ operation, name }: GraphNode): string => `${operation} "${name}"`;

/**
 * An operation reads its attributes once, when a graph is made ready, and returns what computes each call. An attribute that
 * it does not read is refused: it would be ignored.
 */
export type Operation = (node: Node) => Compute;

/** One result, or as many as the node has outputs. */
export type Compute = (call: Call) => Value | Value[];

type Attribute = GraphNode['attributes'][string];

export class Node {
  private readonly read = new Set<string>();

  constructor(readonly source: GraphNode) {}

  get title(): string {
    return titleOf(this.source);
  }

  get outputs(): number {
    return this.source.outputs.length;
  }

  number(name: string): number | undefined;
  number(name: string, absent: number): number;
  number(name: string, absent?: number): number | undefined {
    return this.attribute(name, 'a number', (value) => typeof value === 'number') ?? absent;
  }

  numbers(name: string): number[] | undefined;
  numbers(name: string, absent: number[]): number[];
  numbers(name: string, absent?: number[]): number[] | undefined {
    const isNumbers = (value: Attribute) =>
      Array.isArray(value) && (value as unknown[]).every((each) => typeof each === 'number');
    return this.attribute(name, 'numbers', isNumbers) ?? absent;
  }

  text(name: string): string {
    return this.attribute(name, 'a text', (value) => typeof value === 'string') ?? '';
  }

  /** One of `choices`, of which the first is ONNX's default. */
  choice<Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice {
    const isChoice = (value: Attribute) => choices.includes(value as Choice);
    return this.attribute(name, `one of ${choices.join(', ')}`, isChoice) ?? choices[0];
  }

  flag(name: string, absent: boolean): boolean {
    const value = this.attribute<number>(name, '0 or 1', (each) => each === 0 || each === 1);
    return value === undefined ? absent : value === 1;
  }

  /** Reads an attribute that changes nothing here. */
  ignore(...names: string[]): void {
    for (const name of names) {
      this.read.add(name);
    }
  }

  /** Refuses another value of an attribute than the one that is computed. */
  only(name: string, value: number | string): void {
    this.attribute(name, JSON.stringify(value), (each) => each === value);
  }

  /** @throws InvalidInputError when the operation has not read an attribute */
  checkAttributes(): void {
    for (const [name, value] of Object.entries(this.source.attributes)) {
      if (!this.read.has(name)) {
        throw expected('no such attribute', `${name} of ${this.title}`, value);
      }
    }
  }

  /** An axis of `rank` axes, counted from the front; a negative one counts from the end. */
  axis(axis: number, rank: number): number {
    const counted = fromFront(axis, rank);
    if (!(counted >= 0 && counted < rank)) {
      throw this.refuse(`one of ${rank} axes`, 'an axis', axis);
    }
    return counted;
  }

  axes(axes: readonly number[], rank: number): number[] {
    return axes.map((axis) => this.axis(axis, rank));
  }

  refuse(what: string, name: string, received: unknown): Error {
    return expected(what, `${name} of ${this.title}`, received);
  }

  private attribute<Kind extends Attribute>(
    name: string,
    what: string,
    accepts: (value: Attribute) => boolean,
  ): Kind | undefined {
    this.read.add(name);
    const value = this.source.attributes[name];
    if (value !== undefined && !accepts(value)) {
      throw this.refuse(what, name, value);
    }
    return value as Kind | undefined;
  }
}

/** A shape has a few numbers, and a list of parts as many as a value has channels. */
const mostInts = 4096;

/** How a pass goes over a graph. */
export interface Mode {
  isTraining: boolean;
  share?: BatchShare | undefined;
}

/** The inputs of one call of a node. */
export class Call {
  constructor(
    private readonly node: Node,
    readonly inputs: readonly (Value | undefined)[],
    private readonly mode: Mode,
  ) {}

  /** Whether normalisations use the batch's own statistics and keep averages of them. */
  get isTraining(): boolean {
    return this.mode.isTraining;
  }

  /** Where several processes share the batch, what this one has of it. */
  get share(): BatchShare | undefined {
    return this.mode.share;
  }

  has(input: number): boolean {
    return this.inputs[input] !== undefined;
  }

  value(input: number): Value {
    const value = this.inputs[input];
    if (value === undefined) {
      throw this.node.refuse('a value', `input ${input}`, undefined);
    }
    return value;
  }

  device(input: number): DeviceValue {
    return onDevice(this.value(input));
  }

  optional(input: number): DeviceValue | undefined {
    return this.has(input) ? this.device(input) : undefined;
  }

  /** An input that decides about shapes, so that it has to be known before anything is computed. */
  host(input: number): HostValue {
    const value = this.value(input);
    if (!isHost(value)) {
      const what = 'numbers that follow from the weights file and the size of the images';
      throw this.node.refuse(what, `input ${input}`, 'a tensor that is computed from pixels');
    }
    return value;
  }

  /** All inputs, if each of them is known. */
  hosts(): HostValue[] | undefined {
    const { inputs } = this;
    return inputs.every((value) => value !== undefined && isHost(value))
      ? (inputs as HostValue[])
      : undefined;
  }

  /** A shape, axes, parts, or a limit. */
  ints(input: number): number[] {
    const { values } = this.host(input);
    if (values.length > mostInts) {
      throw this.node.refuse(`at most ${mostInts} numbers`, `input ${input}`, values.length);
    }
    return values;
  }

  optionalInts(input: number): number[] | undefined {
    return this.has(input) ? this.ints(input) : undefined;
  }
}
