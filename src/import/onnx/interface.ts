/** The input and the output that a network has of those that an ONNX file declares. */
import { expected } from '../../errors.js';
import type { Graph } from '../../graph/index.js';
import type { GraphProto, ValueProto } from './proto.js';

/** Outputs of classifiers, then of networks of features, as transformers' exporter calls them. */
const preferred = ['logits', 'image_embeds', 'pooler_output'];

/** @throws InvalidInputError unless there is exactly one input, of square colour images */
export function inputOf(
  { input = [], initializer = [] }: GraphProto,
  file: string,
): Graph['input'] {
  // Up to version 3 of the format, tensors were inputs, too.
  const tensors = new Set(initializer.map(({ name }) => name));
  const [first, ...others] = input.filter(({ name }) => !tensors.has(name));
  if (first === undefined || others.length > 0) {
    const names = [first, ...others].map((each) => each?.name);
    throw expected('one input, a batch of images', file, names);
  }
  const name = first.name ?? '';
  const sides = shapeOf(first);
  const isLast = sides[3] === 3 && sides[1] !== 3;
  const [channels, height, width] = isLast ? [sides[3], sides[1], sides[2]] : sides.slice(1);
  const isImage = sides.length === 4 && [3, null].includes(channels as number | null);
  if (!isImage || height !== width) {
    const what = '[batch, 3, side, side] or [batch, side, side, 3]';
    throw expected(what, `the shape of the input ${name} of ${file}`, sides);
  }
  const side = height as number | null;
  return { name, shape: isLast ? [null, side, side, 3] : [null, 3, side, side] };
}

/** The sides of a value; null where the file gives them a name, or none. */
const shapeOf = ({ type }: ValueProto): (number | null)[] =>
  (type?.tensor?.shape?.dim ?? []).map(({ value = 0 }) => (value > 0 ? value : null));

/** The side of the images; undefined where the file leaves it open. */
export const sideOf = ({ shape }: Graph['input']): number | undefined => shape[2] ?? undefined;

/** The output that is the network's, and the others. */
export function outputOf(
  { output = [] }: GraphProto,
  file: string,
): { name: string; others: string[] } {
  const names = output.flatMap(({ name }) => name ?? []);
  const name = preferred.find((each) => names.includes(each)) ?? names[0];
  if (name === undefined) {
    throw expected('one output or more', file, names);
  }
  return { name, others: names.filter((each) => each !== name) };
}
