/** tfjs's `model.json` with its weights files: layers models, as Keras's converter and tfjs write them, and graph models. */
import { bytesSource, isObject } from '../../disk/index.js';
import { expected } from '../../errors.js';
import {
  floatsOf,
  type ModelJson,
  type NamedTensors,
  parseModelJson,
  readJsonBytes,
} from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';
import type { ImportedNetwork, ImportFormat } from '../format.js';
import { majorVersion } from '../keras/config.js';
import { networkOf, type WeightsFile } from '../keras/network.js';
import { type GraphModel, graphNetwork } from './graph.js';

/** Characters in which a model.json says that it is one. */
const beginning = 2 ** 16;

/** https://www.tensorflow.org/js/guide/save_load, quantised weights included. */
export const tfjsModel: ImportFormat = {
  name: 'tfjs',
  title: 'tfjs (model.json)',
  looksLike(bytes) {
    const text = bytes.toString('latin1', 0, beginning);
    return /^\s*\{/.test(text) && text.includes('"modelTopology"');
  },
  async read(bytes, file): Promise<ImportedNetwork> {
    const model = await parseModelJson(await readJsonBytes(bytesSource(bytes, file)), file);
    const { modelTopology: topology, generatedBy } = model.json;
    if (!isObject(topology)) {
      throw expected('a modelTopology', file, topology);
    }
    const tensors = floatsOf(model);
    const network =
      topology.node === undefined
        ? await layersNetwork(topology, tensors, file)
        : graphNetwork(
            { topology, tensors, integers: integersOf(model), outputs: outputsOf(model.json) },
            file,
          );
    return { ...network, ...(generatedBy && { producer: generatedBy }) };
  },
};

/** The whole numbers among the weights: axes and shapes. */
function integersOf({ weightSpecs, data }: ModelJson): GraphModel['integers'] {
  const decoded = tf.io.decodeWeights(data.buffer, weightSpecs);
  const integers = Object.entries(decoded).filter(([, { dtype }]) => dtype === 'int32');
  const values = integers.map(
    ([name, tensor]) => [name, { shape: tensor.shape, values: [...tensor.dataSync()] }] as const,
  );
  tf.dispose(decoded);
  return new Map(values);
}

/** The outputs that a signature has; the converter puts it into one of two places. */
function outputsOf({ signature, userDefinedMetadata }: tf.io.ModelJSON): string[] | undefined {
  const found = signature ?? (userDefinedMetadata as { signature?: unknown })?.signature;
  return isObject(found) && isObject(found.outputs) ? Object.keys(found.outputs) : undefined;
}

async function layersNetwork(
  topology: Record<string, unknown>,
  tensors: NamedTensors,
  file: string,
): Promise<ImportedNetwork> {
  const source = { file, kerasVersion: majorVersion(topology.keras_version) };
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
