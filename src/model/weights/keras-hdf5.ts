/** Reads weights that Keras stored in HDF5, `.h5` and `.weights.h5`: by their layer and their place among its weights. */
import type { ByteSource } from '../../disk/index.js';
import { expected } from '../../errors.js';
import type { NamedTensor, NamedTensors, WeightsFormat } from './format.js';
import { type Hdf5File, looksLikeHdf5, readHdf5 } from './hdf5/hdf5.js';

/** A tensor of one layer. */
export interface KerasWeight {
  /** The names of the models around the layer, and its own: `['convnext_tiny', 'stem', 'conv']`. */
  layer: string[];
  /** The group of HDF5 that has the layer's weights. */
  group: string;
  /** Its place among the layer's weights, as `layer.weights` of Keras and of tfjs has them. */
  place: number;
  tensor: NamedTensor;
}

/** What the optimizer and metrics stored lies beside the weights; the optimizer's may be twice as large. */
const skip = ['optimizer_weights', 'optimizer', 'metrics'];

export const readKerasHdf5 = (source: ByteSource): Promise<Hdf5File> => readHdf5(source, { skip });

/** `conv1_conv/0`: the layer's own name, or with the models around it where several layers have that name. */
export const kerasHdf5: WeightsFormat = {
  name: "Keras's HDF5 (.h5, .weights.h5)",
  looksLike: looksLikeHdf5,
  async read(source): Promise<NamedTensors> {
    const hdf5 = await readKerasHdf5(source);
    const weights = weightsIn(hdf5);
    if (weights.length === 0) {
      const received = [...hdf5.attributes.keys()];
      throw expected("weights in one of Keras's layouts", source.file, received);
    }
    const names = shortNames(weights.map(({ layer }) => layer));
    return new Map(weights.map(({ place, tensor }, index) => [`${names[index]}/${place}`, tensor]));
  },
};

/**
 * For each path its last name, or all of it where another path ends with that name.
 *
 * @param paths those that are equal are of one thing
 */
export function shortNames(paths: readonly (readonly string[])[]): string[] {
  const whole = paths.map((path) => path.join('/'));
  const sharing = new Map<string, Set<string>>();
  for (const [index, path] of paths.entries()) {
    const last = path.at(-1) as string;
    sharing.set(last, (sharing.get(last) ?? new Set()).add(whole[index] as string));
  }
  return paths.map((path, index) => {
    const last = path.at(-1) as string;
    return sharing.get(last)?.size === 1 ? last : (whole[index] as string);
  });
}

/**
 * The weights of all layers, in either of Keras's two layouts: a list of names for each layer (`layer_names`, `weight_names`),
 * or groups of numbered variables (`layers/conv2d_3/vars/0`).
 */
export function weightsIn(hdf5: Hdf5File): KerasWeight[] {
  const root = ['/model_weights', '/'].find(
    (group) => listOf(hdf5, group, 'layer_names').length > 0,
  );
  return root === undefined ? numberedWeights(hdf5) : listedWeights(hdf5, root);
}

function numberedWeights({ attributes, tensors }: Hdf5File): KerasWeight[] {
  return [...tensors].flatMap(([path, tensor]) => {
    const [, group, place] = /^(\/.+)\/vars\/(\d+)$/.exec(path) ?? [];
    if (group === undefined) {
      return [];
    }
    const parts = group.split('/');
    const named = parts.flatMap((_, end) => {
      const vars = `${parts.slice(0, end + 1).join('/')}/vars`;
      return end === 0 ? [] : (attributes.get(vars)?.get('name') ?? []);
    });
    // Keras before 3.15 counts its layers by class, and does not store their names.
    const layer = attributes.get(`${group}/vars`)?.has('name') ? named : [parts.at(-1) as string];
    return [{ layer, group, place: Number(place), tensor }];
  });
}

function listedWeights(hdf5: Hdf5File, root: string): KerasWeight[] {
  const base = root === '/' ? '' : root;
  return listOf(hdf5, root, 'layer_names').flatMap((outer) => {
    const group = `${base}/${outer}`;
    const places = new Map<string, number>();
    return listOf(hdf5, group, 'weight_names').flatMap((name) => {
      const path = `${group}/${name}`;
      // DenseNet's layers have names with slashes: `conv1/bn`.
      const within = name.startsWith(`${outer}/`) ? name.slice(outer.length + 1) : name;
      const layer = [outer, ...within.split('/').slice(0, -1)];
      const place = places.get(String(layer)) ?? 0;
      places.set(String(layer), place + 1);
      const tensor = hdf5.tensors.get(path);
      return tensor === undefined ? [] : [{ layer, group, place, tensor }];
    });
  });
}

/** A list of names, which Keras cuts into `layer_names0`, `layer_names1` … where it is longer than HDF5's 64 KiB. */
function listOf({ attributes }: Hdf5File, group: string, name: string): string[] {
  const texts = attributes.get(group);
  const parts: string[] = [];
  for (let part = 0; texts?.has(`${name}${part}`); part++) {
    parts.push(...(texts.get(`${name}${part}`) as string[]));
  }
  return texts?.get(name) ?? parts;
}
