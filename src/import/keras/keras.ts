/** The files that Keras writes of a whole model: `.keras`, a zip, since Keras 3, and `.h5` before and since. */
import { bytesSource, isObject, parseJson, partOf, storedFiles } from '../../disk/index.js';
import { missing } from '../../errors.js';
import {
  type KerasWeight,
  looksLikeHdf5,
  type NamedTensors,
  readJsonBytes,
  readKerasHdf5,
  weightsIn,
} from '../../model/index.js';
import type { ImportedNetwork, ImportFormat } from '../format.js';
import { majorVersion } from './config.js';
import { networkOf, type WeightsFile } from './network.js';

const members = ['metadata.json', 'config.json', 'model.weights.h5'] as const;
type Member = (typeof members)[number];

/** https://keras.io/guides/serialization_and_saving/ */
export const kerasArchive: ImportFormat = {
  name: 'keras',
  title: 'Keras 3 (.keras)',
  // The names of a zip's members are at its end.
  looksLike: (bytes) =>
    bytes.toString('latin1', 0, 4) === 'PK\x03\x04' &&
    bytes.subarray(-(2 ** 16)).includes(members[2]),
  async read(bytes, file): Promise<ImportedNetwork> {
    const source = bytesSource(bytes, file);
    const found = await storedFiles(source, (name) => members.includes(name as Member));
    const member = (name: Member) => {
      const stored = found.get(name);
      if (stored === undefined) {
        throw missing(
          name,
          file,
          'Save the model again with Keras 3, as a file that ends with .keras',
        );
      }
      return stored;
    };
    const jsonOf = async (name: Member) => {
      const bytes = await readJsonBytes(partOf(source, member(name)));
      return parseJson(bytes.toString(), `${name} in ${file}`);
    };
    const json = await jsonOf('config.json');
    const metadata = await jsonOf('metadata.json');
    const weights = weightsIn(await readKerasHdf5(partOf(source, member('model.weights.h5'))));
    const key = (group: string, place: number) => `${group}/vars/${place}`;
    return kerasNetwork(json, isObject(metadata) ? metadata.keras_version : undefined, file, {
      tensors: tensorsBy(weights, ({ group, place }) => key(group, place)),
      nameOf: ({ group }, place) => key(group, place),
    });
  },
};

/** HDF5 whose root has the model's configuration. */
export const kerasHdf5Model: ImportFormat = {
  name: 'keras-h5',
  title: 'Keras (.h5)',
  looksLike: looksLikeHdf5,
  async read(bytes, file): Promise<ImportedNetwork> {
    const hdf5 = await readKerasHdf5(bytesSource(bytes, file));
    const texts = hdf5.attributes.get('/');
    const [config] = texts?.get('model_config') ?? [];
    if (config === undefined) {
      const remedy =
        'It has weights alone: save the model as a whole by model.save(), or give the file with --pretrained FILE to a network that has its layers';
      throw missing('a model_config', file, remedy);
    }
    const weights = weightsIn(hdf5);
    const tensors = tensorsBy(weights, ({ layer, place }) => `${layer.join('/')}/${place}`);
    const place = `model_config in ${file}`;
    const bytesOfJson = await readJsonBytes(bytesSource(Buffer.from(config), place));
    const json = parseJson(bytesOfJson.toString(), place);
    return kerasNetwork(json, texts?.get('keras_version')?.[0], file, {
      tensors,
      nameOf({ path }, place) {
        const whole = `${path.join('/')}/${place}`;
        // Before Keras 3, the names of weights lack those of models between the outermost one and the layer.
        return tensors.has(whole) ? whole : `${path[0]}/${path.at(-1)}/${place}`;
      },
    });
  },
};

const tensorsBy = (weights: KerasWeight[], nameOf: (weight: KerasWeight) => string): NamedTensors =>
  new Map(weights.map((weight) => [nameOf(weight), weight.tensor]));

async function kerasNetwork(
  json: unknown,
  version: unknown,
  file: string,
  weights: WeightsFile,
): Promise<ImportedNetwork> {
  const source = { file, kerasVersion: majorVersion(version) };
  const network = await networkOf(json, source, weights);
  return { ...network, ...(typeof version === 'string' && { producer: `Keras ${version}` }) };
}
