/** Reads the tensors of an ONNX file: each becomes float32, or JavaScript's numbers. */
import { expected } from '../../errors.js';
import { type ElementType, elementTypes } from './element-types.js';
import type { ExternalData } from './external-data.js';
import type { TensorProto } from './proto.js';
import { damaged, intsIn } from './wire.js';

export type OnnxTensor =
  | { dtype: 'float32'; shape: number[]; values: Float32Array }
  | { dtype: 'int32' | 'bool'; shape: number[]; values: number[] };

/** Whole numbers are shapes and indices: a window of 24 × 24 patches has 331,776. Each takes 8 bytes of memory. */
const mostIntegers = 1 << 20;

const mostAxes = 8;

/**
 * The numbers of `tensor`, without a copy where its bytes allow that.
 *
 * @param name of the tensor and its file, for errors
 * @throws InvalidInputError when the numbers are not as many as the shape says, or of a type that no network computes with
 */
export async function readTensor(
  tensor: TensorProto,
  name: string,
  external: ExternalData,
): Promise<OnnxTensor> {
  const type = elementTypes[tensor.dataType ?? 0];
  if (type === undefined) {
    const known = Object.values(elementTypes).map((each) => each.name);
    throw expected(`one of ${known.join(', ')}`, name, `data_type ${tensor.dataType ?? 0}`);
  }
  const shape = intsIn(tensor.dims ?? [], name);
  const count = shape.reduce((product, side) => product * side, 1);
  const isShape = shape.length <= mostAxes && shape.every((side) => side >= 0);
  if (!isShape || !Number.isSafeInteger(count)) {
    throw expected(`a shape of at most ${mostAxes} axes`, name, shape, damaged);
  }
  if (type.dtype !== 'float32' && count > mostIntegers) {
    throw expected(`at most ${mostIntegers} whole numbers`, name, count);
  }
  const { dtype } = type;
  return {
    dtype,
    shape,
    values: await valuesOf(tensor, { name, type, count, external }),
  } as OnnxTensor;
}

async function valuesOf(
  tensor: TensorProto,
  {
    name,
    type,
    count,
    external,
  }: { name: string; type: ElementType; count: number; external: ExternalData },
): Promise<Float32Array | number[]> {
  const {
    int32Data = [],
    int64Data = [],
    uint64Data = [],
    floatData = [],
    doubleData = [],
  } = tensor;
  const ints = [...int32Data, ...int64Data, ...uint64Data];
  const outside = await external.read(tensor, count * type.bytes);
  if (outside === undefined && tensor.rawData === undefined && ints.length > 0) {
    const values = intsIn(ints, name);
    checkLength(name, count, values.length, 'numbers');
    return type.fromInts(values);
  }
  const bytes = outside ?? tensor.rawData ?? Buffer.concat([...floatData, ...doubleData]);
  checkLength(name, count * type.bytes, bytes.length, 'bytes');
  return type.fromBytes(bytes);
}

function checkLength(name: string, wanted: number, found: number, unit: string): void {
  if (wanted !== found) {
    throw expected(`${wanted} ${unit}`, name, found, damaged);
  }
}
