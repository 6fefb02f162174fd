/** How files name the weights of a layer and order their axes: the one place that knows both sides. */

/** A weight in a tfjs layer: `kernel`, `gamma` … */
export interface LayerWeight {
  layer: string;
  name: string;
  shape: number[];
  /** Its place among the weights of the layer. */
  place: number;
}

/** The same weight in a file. */
export interface StoredWeight {
  name: string;
  shape: number[];
  /** For each axis in the layer, the file's axis; the same where absent. */
  axes?: readonly number[];
  /** What the file's values lack: its network adds more to a variance than the layer does. */
  plus?: number;
}

export type Naming = (weight: LayerWeight) => StoredWeight;

/** `conv1_conv/kernel`, `block_1_depthwise/depthwise_kernel`, as tfjs and Keras 2 name and lay out a weight. */
const tfjsNaming: Naming = ({ layer, name, shape }) => ({ name: `${layer}/${name}`, shape });

/** The same but for `block_1_depthwise/kernel`, as Keras 3 has it in the path of a weight. */
const keras3Naming: Naming = ({ layer, name, shape }) => {
  return { name: `${layer}/${name.replace('depthwise_kernel', 'kernel')}`, shape };
};

/** `conv1_conv/0`: by their places, as Keras's HDF5 files have the weights of a layer. */
const kerasHdf5Naming: Naming = ({ layer, shape, place }) => ({ name: `${layer}/${place}`, shape });

/** The namings in which a file may have the weights of any network. */
export const layerNamings: readonly Naming[] = [tfjsNaming, keras3Naming, kerasHdf5Naming];

/** Torch's names and axes by the names that tfjs and Keras give to the same weights. */
const torchWeights: Record<string, { name: string; axes?: readonly number[] }> = {
  // Torch keeps kernels as [out, in, height, width], tfjs as [height, width, in, out].
  kernel: { name: 'weight', axes: [2, 3, 1, 0] },
  // Torch: [channels, 1, height, width]; tfjs: [height, width, channels, 1].
  depthwise_kernel: { name: 'weight', axes: [2, 3, 0, 1] },
  bias: { name: 'bias' },
  gamma: { name: 'weight' },
  beta: { name: 'bias' },
  moving_mean: { name: 'running_mean' },
  moving_variance: { name: 'running_var' },
};

/** `conv1.weight`, as a torch state dict has it; `moduleOf` gives a layer's name in that state dict. */
export const torchNaming =
  (moduleOf: (layer: string) => string): Naming =>
  ({ layer, name, shape }) => {
    const torch = torchWeights[name];
    if (torch === undefined) {
      throw new Error(`Torch's name of the weight ${layer}/${name} is not in namings.ts`);
    }
    const { axes } = torch;
    const stored = shape.map((size, axis) => (axes ? (shape[axes.indexOf(axis)] as number) : size));
    return { name: `${moduleOf(layer)}.${torch.name}`, shape: stored, ...(axes && { axes }) };
  };
