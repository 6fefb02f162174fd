/** tfjs's `model.json` with its weights files: layers models, as Keras's converter and tfjs write them. */
import { isObject } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { floatsOf, type NamedTensors, parseModelJson } from '../../model/index.js';
import type { ImportedNetwork, ImportFormat } from '../format.js';
import { networkOf, type WeightsFile } from '../keras/network.js';

/** Characters in which a model.json says that it is one. */
const beginning = 2 ** 16;
/** JSON in memory may take twenty times as much as its text. */
const mostBytes = 10_000_000;

/** https://www.tensorflow.org/js/guide/save_load, quantised weights included. */
export const tfjsModel: ImportFormat = {
  name: 'tfjs',
  title: 'tfjs (model.json)',
  looksLike(bytes) {
    const text = bytes.toString('latin1', 0, beginning);
    return /^\s*\{/.test(text) && text.includes('"modelTopology"');
  },
  async read(bytes, file): Promise<ImportedNetwork> {
    if (bytes.length > mostBytes) {
      throw expected(`at most ${mostBytes} bytes of JSON`, file, bytes.length);
    }
    const model = await parseModelJson(bytes, file);
    const { modelTopology: topology, generatedBy } = model.json;
    if (!isObject(topology)) {
      throw expected('a modelTopology', file, topology);
    }
    if (topology.node !== undefined) {
      throw expected('a layers model', file, 'a graph model', 'Bobbin does not read those yet');
    }
    const network = await layersNetwork(topology, floatsOf(model), file);
    return { ...network, ...(generatedBy && { producer: generatedBy }) };
  },
};

async function layersNetwork(
  topology: Record<string, unknown>,
  tensors: NamedTensors,
  file: string,
): Promise<ImportedNetwork> {
  const version = Number.parseInt(String(topology.keras_version), 10);
  const source = { file, kerasVersion: Number.isNaN(version) ? 2 : version };
  return networkOf(topology.model_config ?? topology, source, weightsFile(tensors));
}

/** Names are paths in which models around a layer may be left out; Keras 3 calls a depthwise kernel `kernel`. */
const weightsFile = (tensors: NamedTensors): WeightsFile => ({
  tensors,
  nameOf({ path }, _, weight) {
    const owners = [path.join('/'), `${path[0]}/${path.at(-1)}`, path.at(-1)];
    const names = owners.flatMap((owner) => [
      `${owner}/${weight}`,
      `${owner}/${weight.replace('depthwise_kernel', 'kernel')}`,
    ]);
    return names.find((name) => tensors.has(name)) ?? (names[0] as string);
  },
});
