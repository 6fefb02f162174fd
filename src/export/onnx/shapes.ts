/** Layers that join values, and layers that change the shape of one. */
import type { tf } from '../../tensorflow/index.js';
import { activated } from './activations.js';
import type { Converter } from './converter.js';
import { onnxAxis, refused } from './maker.js';

/** Values of equal ranks, one after the other. */
export const joined =
  (operation: string): Converter =>
  ({ layer, inputs }, maker) => {
    const ranks = new Set(inputs.map(({ shape }) => shape.length));
    if (ranks.size > 1) {
      throw refused(
        layer,
        'inputs with as many axes',
        inputs.map(({ shape }) => shape),
      );
    }
    return inputs.map(({ name }) => name).reduce((sum, name) => maker.add(operation, [sum, name]));
  };

export const average: Converter = (call, maker) => {
  const sum = joined('Add')(call, maker);
  return maker.add('Div', [sum, maker.floats([call.inputs.length])]);
};

export const concatenation: Converter = ({ layer, inputs }, maker) => {
  const { axis } = layer.getConfig() as { axis: number };
  const rank = inputs[0].shape.length;
  return maker.add(
    'Concat',
    inputs.map(({ name }) => name),
    { axis: onnxAxis(axis, rank) },
  );
};

/** Of the last axis. An image takes a convolution of one pixel. */
export const dense: Converter = ({ layer, inputs: [x], output }, maker) => {
  const { kernel, bias } = layer as unknown as {
    kernel: tf.LayerVariable;
    bias?: tf.LayerVariable | null;
  };
  const [channels, units] = kernel.shape as [number, number];
  const offset = bias ? [maker.weight(bias)] : [];
  const product = (): string => {
    if (x.shape.length === 4) {
      const filters = maker.weight(kernel, (value) =>
        value.transpose().reshape([units, channels, 1, 1]),
      );
      return maker.add('Conv', [x.name, filters, ...offset]);
    }
    if (x.shape.length === 2) {
      return maker.add('Gemm', [x.name, maker.weight(kernel), ...offset]);
    }
    const products = maker.add('MatMul', [x.name, maker.weight(kernel)]);
    return bias ? maker.add('Add', [products, ...offset]) : products;
  };
  return activated(layer, { name: product(), shape: output }, maker);
};

/** Elements keep the order that they have in layers. */
export const reshape: Converter = ({ inputs: [x], output }, maker) => {
  const sides = maker.integers([-1, ...(output.slice(1) as number[])]);
  const shaped = maker.add('Reshape', [maker.asLayersHave(x), sides]);
  return maker.asOnnxHas(shaped, output.length);
};

export const permute: Converter = ({ layer, inputs: [x], output }, maker) => {
  const { dims } = layer.getConfig() as { dims: number[] };
  const turned = maker.add('Transpose', [maker.asLayersHave(x)], { perm: [0, ...dims] });
  return maker.asOnnxHas(turned, output.length);
};

type Margins = [rows: [number, number], columns: [number, number]];

export const zeroPadding: Converter = ({ layer, inputs: [x] }, maker) => {
  const { padding } = layer.getConfig() as unknown as { padding: Margins };
  const [rows, columns] = padding;
  const pads = [0, 0, rows[0], columns[0], 0, 0, rows[1], columns[1]];
  return maker.add('Pad', [x.name, maker.integers(pads)]);
};

export const cropping: Converter = ({ layer, inputs: [x] }, maker) => {
  const { cropping: margins } = layer.getConfig() as unknown as { cropping: Margins };
  const sides = x.shape.slice(1, 3) as number[];
  const starts = margins.map(([before]) => before);
  const ends = margins.map(([, after], axis) => (sides[axis] as number) - after);
  const limits = [starts, ends, [2, 3]].map((numbers) => maker.integers(numbers));
  return maker.add('Slice', [x.name, ...limits]);
};

/** Each pixel is repeated. */
export const upSampling: Converter = ({ layer, inputs: [x] }, maker) => {
  const { size } = layer.getConfig() as { size: number[] };
  const scales = maker.floats([1, 1, ...size], [4]);
  return maker.add('Resize', [x.name, '', scales], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
};
