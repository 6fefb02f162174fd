/** Builds a graph in the forms of opset 20 from the nodes and tensors of an ONNX file. */
import { expected } from '../../errors.js';
import type { Graph, GraphConstant, GraphNode } from '../../graph/index.js';
import { attributesOf } from './attributes.js';
import { Copies } from './copies.js';
import { ExternalData } from './external-data.js';
import { type Maker, translated } from './opsets.js';
import { inOrder } from './order.js';
import type { GraphProto, NodeProto, TensorProto } from './proto.js';
import { type OnnxTensor, readTensor } from './tensor.js';
import { damaged } from './wire.js';

/** Numbers that copies may have beyond those of the tensors in the file: 64 MiB. */
const mostCopied = 2 ** 24;

/** A tensor of the file. */
export type StoredTensor = OnnxTensor & {
  /** Whether it is a constant among the nodes, and no initializer. */
  isNode: boolean;
};

interface Built {
  nodes: GraphNode[];
  outputs: string[];
  tensors: ReadonlyMap<string, StoredTensor>;
}

interface Request {
  proto: GraphProto;
  opset: number;
  input: Graph['input'];
  outputs: string[];
  /** Path of the ONNX file. */
  file: string;
}

/**
 * The nodes that compute `outputs`, and the tensors of the file. Constants are tensors, dropout is left out, and a copy of a
 * tensor is one of its own: exporters store equal weights once.
 *
 * @throws InvalidInputError when the file is damaged or has something that no graph of ours has
 */
export async function build(request: Request): Promise<Built> {
  const { proto, input, file } = request;
  const builder = new Builder(request);
  await builder.readInitializers();
  const nodes: GraphNode[] = [];
  for (const node of proto.node ?? []) {
    nodes.push(...(await builder.read(node)));
  }
  builder.untie();
  const forms = nodes.flatMap((node) => builder.translate(node));
  const outputs = request.outputs.map((value) => builder.named(value));
  const known = new Set([input.name, ...builder.tensors.keys()]);
  return { nodes: inOrder(forms, outputs, { known, file }), outputs, tensors: builder.tensors };
}

/** The operations of quantized networks, ONNX's and ONNX Runtime's: `DynamicQuantizeLinear`, `ConvInteger`, `MatMulNBits`, … */
const quantizing = /Quantize|Integer$|^Q(Linear|Gemm|Attention)|NBits$|Bnb4$/;

class Builder implements Maker {
  readonly tensors = new Map<string, StoredTensor>();
  private readonly copies: Copies;
  private readonly external: ExternalData;

  constructor(private readonly request: Request) {
    const { proto, file } = request;
    if (proto.sparseInitializer !== undefined) {
      throw expected(
        'dense tensors',
        file,
        'a sparse one',
        'Export the network with dense weights',
      );
    }
    this.copies = new Copies(file);
    this.external = new ExternalData(file, proto.initializer ?? []);
  }

  async readInitializers(): Promise<void> {
    for (const tensor of this.request.proto.initializer ?? []) {
      const { name = '' } = tensor;
      this.add(name, { ...(await this.tensor(tensor, name)), isNode: false });
    }
  }

  /** The node, unless it only names a tensor or another value. */
  async read(proto: NodeProto): Promise<GraphNode[]> {
    const { operation = '', input: inputs = [], output: outputs = [], domain = '' } = proto;
    const name = proto.name || `${operation} that makes ${outputs[0]}`;
    const where = `the node ${name} of ${this.request.file}`;
    if (quantizing.test(operation)) {
      const remedy =
        'Take the file that was not quantized: repositories for transformers.js have model.onnx and model_fp16.onnx';
      throw expected('a network of floats', where, operation, remedy);
    }
    if (domain !== '' && domain !== 'ai.onnx') {
      const remedy = 'Export the network without the optimisations of a runtime';
      throw expected('an operation of ONNX', where, `${domain}.${operation}`, remedy);
    }
    const { plain: attributes, tensor } = attributesOf(proto, where);
    const [output = ''] = outputs;
    if (operation === 'Identity' || operation === 'Dropout') {
      this.copies.set(output, inputs[0] ?? '');
      return [];
    }
    const value = tensor && (await this.tensor(tensor, `value of ${name}`));
    if (operation === 'Constant') {
      this.add(output, { ...(value ?? constantOf(attributes, where)), isNode: true });
      return [];
    }
    const node: GraphNode = { name, operation, inputs, outputs, attributes };
    if (value !== undefined) {
      // Of `ConstantOfShape`: one number.
      const { dtype, values } = value;
      const constant = { dtype, shape: [], values: [...values].slice(0, 1) };
      attributes.value = this.constant(node, 'value', constant);
    }
    return [node];
  }

  /**
   * Makes each copy of a tensor a tensor of its own.
   *
   * @throws InvalidInputError when copies take far more memory than the file's own tensors
   */
  untie(): void {
    const stored = [...this.tensors.values()].reduce((sum, { values }) => sum + values.length, 0);
    let left = stored + mostCopied;
    for (const copy of this.copies.names()) {
      const tensor = this.tensors.get(this.named(copy));
      if (tensor !== undefined) {
        this.copies.delete(copy);
        this.add(copy, tensor);
        left -= tensor.values.length;
        if (left < 0) {
          const what = `copies of tensors with at most ${stored + mostCopied} numbers`;
          throw expected(what, this.request.file, 'more', damaged);
        }
      }
    }
  }

  translate(node: GraphNode): GraphNode[] {
    const inputs = node.inputs.map((value) => this.named(value));
    return translated({ ...node, inputs }, this.request.opset, this);
  }

  /** The value that `value` is a copy of. */
  named(value: string): string {
    return this.copies.sourceOf(value);
  }

  constant(owner: GraphNode, attribute: string, value: GraphConstant): string {
    const name = `${owner.outputs[0]}:${attribute}`;
    const { dtype, shape, values } = value;
    this.add(name, {
      ...(dtype === 'float32'
        ? { dtype, shape, values: Float32Array.from(values) }
        : { dtype, shape, values }),
      isNode: true,
    });
    return name;
  }

  isTensor(value: string): boolean {
    return this.tensors.has(value);
  }

  private add(name: string, tensor: StoredTensor): void {
    if (this.tensors.has(name)) {
      throw expected('one tensor of a name', this.request.file, `${name} twice`, damaged);
    }
    this.tensors.set(name, tensor);
  }

  private tensor(tensor: TensorProto, name: string): Promise<OnnxTensor> {
    return readTensor(tensor, `the tensor ${name} of ${this.request.file}`, this.external);
  }
}

/** The value of a `Constant` that has no tensor. */
function constantOf(attributes: GraphNode['attributes'], where: string): OnnxTensor {
  const { value_float, value_floats, value_int, value_ints } = attributes;
  const [floats, ints] = [value_floats ?? value_float, value_ints ?? value_int];
  const value = (floats ?? ints) as number | number[] | undefined;
  if (value === undefined) {
    throw expected('a tensor or numbers', where, Object.keys(attributes));
  }
  const values = [value].flat();
  const shape = Array.isArray(value) ? [values.length] : [];
  return floats === undefined
    ? { dtype: 'int32', shape, values }
    : { dtype: 'float32', shape, values: Float32Array.from(values) };
}
