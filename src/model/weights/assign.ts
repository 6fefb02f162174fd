/** Puts the tensors of a file into a network, whichever names of its weights the file uses. */
import { expected } from '../../errors.js';
import { nonFiniteIndex } from '../../finite.js';
import { tf } from '../../tensorflow/index.js';
import type { NamedTensor, NamedTensors } from './format.js';
import { layerNamings, type Naming, type StoredWeight } from './namings.js';

interface Assignment {
  /** The file, for errors. */
  file: string;
  /** The file uses one of these, or one of tfjs and Keras. */
  namings: readonly Naming[];
  /** A layer that keeps its weights: the head, unless the file's is of the same classes. */
  except: string | undefined;
}

/** A layer with its weights as the file stores them, in the layer's order. */
type StoredLayer = [layer: tf.layers.Layer, weights: StoredWeight[]];

/**
 * Sets every weight but those of the layer `except`. The file may hold such a layer of its own, which is left out.
 *
 * @throws InvalidInputError that names the weights which the file lacks, has in another shape, or has
 *   beyond the network's, or whose values are not finite
 */
export function assignWeights(
  model: tf.LayersModel,
  tensors: NamedTensors,
  { file, namings, except }: Assignment,
): void {
  const own = model.layers.filter(({ name, weights }) => name !== except && weights.length > 0);
  const layers = bestMatch(
    [...namings, ...layerNamings].map((naming) =>
      own.map((layer): StoredLayer => [layer, storedWeights(layer, naming)]),
    ),
    tensors,
  );
  checkFit({ network: model.name, weights: weightsOf(layers), tensors, file });
  for (const [layer, weights] of layers) {
    tf.tidy(() =>
      layer.setWeights(
        weights.map((weight) => tensorOf(weight, tensors.get(weight.name) as NamedTensor, file)),
      ),
    );
  }
}

const storedWeights = ({ name: layer, weights }: tf.layers.Layer, naming: Naming) =>
  weights.map(({ originalName, shape }, place) =>
    naming({ layer, name: originalName.slice(layer.length + 1), shape: shape as number[], place }),
  );

const weightsOf = (layers: StoredLayer[]) => layers.flatMap(([, weights]) => weights);

/** Of the same layers under several namings, the one whose names the file has most of. */
function bestMatch(candidates: StoredLayer[][], tensors: NamedTensors): StoredLayer[] {
  const counts = candidates.map(
    (layers) => weightsOf(layers).filter(({ name }) => tensors.has(name)).length,
  );
  return candidates[counts.indexOf(Math.max(...counts))] as StoredLayer[];
}

interface Fit {
  network: string;
  weights: StoredWeight[];
  tensors: NamedTensors;
  file: string;
}

function checkFit({ network, weights, tensors, file }: Fit): void {
  const missing = weights.filter(({ name }) => !tensors.has(name));
  const misshapen = weights.flatMap(({ name, shape }) => {
    const found = tensors.get(name)?.shape ?? shape;
    return String(found) === String(shape) ? [] : [{ name, shape: found, instead: shape }];
  });
  const known = new Set(weights.map(({ name }) => name));
  const extra = [...tensors].flatMap(([name, { shape }]) =>
    known.has(name) ? [] : [{ name, shape }],
  );
  // A head is a matrix and a bias. A kernel that is left over belongs to a network with more layers.
  if (missing.length + misshapen.length === 0 && extra.every(({ shape }) => shape.length <= 2)) {
    return;
  }
  const remedy = [
    listed('Missing', missing),
    listed('Of another shape', misshapen),
    listed('Not of the network', extra),
  ];
  throw expected(
    `the ${weights.length} weights of ${network}`,
    file,
    'others',
    remedy.filter((part) => part !== '').join('. '),
  );
}

const mostListed = 3;
const longestName = 100;

function listed(
  what: string,
  weights: { name: string; shape: number[]; instead?: number[] }[],
): string {
  const words = weights.slice(0, mostListed).map(({ name, shape, instead }) => {
    const wanted = instead ? ` instead of [${instead}]` : '';
    return `${name.slice(0, longestName)} [${shape}]${wanted}`;
  });
  const more = weights.length - words.length;
  const rest = more > 0 ? ` and ${more} more` : '';
  return words.length === 0 ? '' : `${what}: ${words.join(', ')}${rest}`;
}

function tensorOf(
  { name, axes, plus }: StoredWeight,
  { values, shape }: NamedTensor,
  file: string,
) {
  const bad = nonFiniteIndex(values);
  if (bad >= 0) {
    const remedy = 'The training that wrote it diverged: use an earlier file of its weights';
    throw expected('finite numbers', `${name} in ${file}`, `${values[bad]} at ${bad}`, remedy);
  }
  const tensor = tf.tensor(values, shape);
  const turned = axes ? tensor.transpose([...axes]) : tensor;
  return plus === undefined ? turned : turned.add(plus);
}
