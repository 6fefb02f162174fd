/** Puts the tensors of a file into a network, whichever names of its weights the file uses. */
import { expected } from '../../errors.js';
import { nonFiniteIndex } from '../../finite.js';
import { GraphLayer } from '../../graph/index.js';
import { tf } from '../../tensorflow/index.js';
import { checkFit, type Heads } from './account.js';
import type { NamedTensor, NamedTensors } from './format.js';
import { layerNamings, type Naming, type StoredWeight } from './namings.js';
import { withPositions } from './positions.js';

interface Assignment {
  /** The file, for errors. */
  file: string;
  /** The file uses one of these, or one of tfjs and Keras. */
  namings: readonly Naming[];
  /** What the file may hold besides. */
  heads?: Heads;
  /** The layers that keep their weights: the heads that the file does not have. */
  except: readonly string[];
}

/** A layer with its weights as the file stores them, in the layer's order. */
type StoredLayer = [layer: tf.layers.Layer, weights: StoredWeight[]];

/**
 * Sets every weight but those of the layers `except`. The file may hold a head of its own, which is left out.
 *
 * @throws InvalidInputError that names the weights which the file lacks, has in another shape, or has
 *   beyond the network's, or whose values are not finite
 */
export function assignWeights(
  model: tf.LayersModel,
  given: NamedTensors,
  { file, namings, heads = {}, except }: Assignment,
): void {
  const own = model.layers.filter(
    ({ name, weights }) => !except.includes(name) && weights.length > 0,
  );
  const candidates = [...namings, ...layerNamings].map((naming) =>
    own.map((layer): StoredLayer => [layer, storedWeights(layer, naming)]),
  );
  const { layers, tensors: named } = bestMatch(candidates, [given, withoutPrefix(given)]);
  const tensors = layers.reduce(fittedTo, named);
  checkFit({ network: model.name, weights: weightsOf(layers), tensors, file, heads });
  for (const [layer, weights] of layers) {
    tf.tidy(() =>
      layer.setWeights(
        weights.map((weight) => tensorOf(weight, tensors.get(weight.name) as NamedTensor, file)),
      ),
    );
  }
}

/** The tensors, with positions for the patches of a layer. */
function fittedTo(tensors: NamedTensors, [layer, weights]: StoredLayer): NamedTensors {
  if (!(layer instanceof GraphLayer)) {
    return tensors;
  }
  const names = layer.weights.map(({ originalName }, place) => {
    const weight = layer.fileWeight(originalName.slice(layer.name.length + 1));
    return [weight?.name, (weights[place] as StoredWeight).name] as const;
  });
  const byWeight = new Map(names);
  return withPositions(tensors, layer, (name) => byWeight.get(name));
}

const storedWeights = ({ name: layer, weights }: tf.layers.Layer, naming: Naming) =>
  weights.map(({ originalName, shape }, place) =>
    naming({ layer, name: originalName.slice(layer.length + 1), shape: shape as number[], place }),
  );

const weightsOf = (layers: StoredLayer[]) => layers.flatMap(([, weights]) => weights);

/** Prefixes of all names, by what wrapped the network: DataParallel, Lightning and similar, `torch.compile`. */
const prefixes = ['module.', 'model.', '_orig_mod.'];

/** The tensors under their names without {@link prefixes}, of which there may be several. */
function withoutPrefix(tensors: NamedTensors): NamedTensors {
  const names = [...tensors.keys()];
  const prefix = prefixes.find((each) => names.every((name) => name.startsWith(each)));
  if (prefix === undefined || names.length === 0) {
    return tensors;
  }
  const entries = [...tensors].map(
    ([name, tensor]) => [name.slice(prefix.length), tensor] as const,
  );
  return withoutPrefix(new Map(entries));
}

interface Match {
  layers: StoredLayer[];
  tensors: NamedTensors;
}

/** Of the same layers under several namings, and the same tensors under several names, those with most names in common. */
function bestMatch(candidates: StoredLayer[][], files: NamedTensors[]): Match {
  const matches = files.flatMap((tensors) => candidates.map((layers) => ({ layers, tensors })));
  const counts = matches.map(
    ({ layers, tensors }) => weightsOf(layers).filter(({ name }) => tensors.has(name)).length,
  );
  return matches[counts.indexOf(Math.max(...counts))] as Match;
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
