/** The nodes of a tfjs graph model: TensorFlow's NodeDef in JSON, whose attributes have their types and whose texts are Base64. */
import { isObject } from '../../disk/index.js';
import { expected } from '../../errors.js';

/** https://github.com/tensorflow/tensorflow/blob/v2.21.0/tensorflow/core/framework/node_def.proto */
export class TensorFlowNode {
  readonly name: string;
  readonly op: string;
  /** Names of nodes whose first results it takes. */
  inputs: string[];
  private readonly attributes: Record<string, unknown>;

  /** @throws InvalidInputError when it is no node, or takes another result of a node than the first */
  constructor(
    json: unknown,
    private readonly file: string,
  ) {
    const { name, op, input = [], attr = {} } = isObject(json) ? json : {};
    const isNode = typeof name === 'string' && typeof op === 'string' && isObject(attr);
    if (!isNode || !Array.isArray(input) || !input.every((each) => typeof each === 'string')) {
      throw expected('a node of TensorFlow', `a node of ${file}`, json);
    }
    this.name = name;
    this.op = op;
    this.attributes = attr;
    // `^` marks a node that only has to run before.
    const values = (input as string[]).filter((each) => !each.startsWith('^'));
    this.inputs = values.map((each) => each.replace(/:0$/, ''));
    const other = this.inputs.find((each) => /:\d+$/.test(each));
    if (other !== undefined) {
      throw this.refuse('the first result of a node', 'an input', other);
    }
  }

  refuse(what: string, part: string, received: unknown): Error {
    return expected(
      what,
      `${part} of the node ${this.name} (${this.op}) in ${this.file}`,
      received,
    );
  }

  number(name: string, otherwise: number): number {
    const { f, i } = this.attribute(name);
    return f === undefined && i === undefined ? otherwise : Number(f ?? i);
  }

  flag(name: string): boolean {
    return this.attribute(name).b === true;
  }

  numbers(name: string): number[] {
    const { list } = this.attribute(name);
    return isObject(list) && Array.isArray(list.i) ? list.i.map(Number) : [];
  }

  text(name: string, otherwise: string): string {
    const { s } = this.attribute(name);
    return typeof s === 'string' ? textOf(s) : otherwise;
  }

  texts(name: string): string[] {
    const { list } = this.attribute(name);
    return isObject(list) && Array.isArray(list.s) ? list.s.map((each) => textOf(`${each}`)) : [];
  }

  private attribute(name: string): Record<string, unknown> {
    const value = this.attributes[name];
    return isObject(value) ? value : {};
  }
}

const textOf = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');
