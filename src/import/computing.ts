/** An imported network with its own head, to compute with. */
import { missing } from '../errors.js';
import { atSide, type Graph, Program } from '../graph/index.js';
import {
  type NamedTensor,
  type NamedTensors,
  type NetworkRecord,
  withPositions,
} from '../model/index.js';
import { tf } from '../tensorflow/index.js';

export interface Computing {
  /** The output, of images [n, height, width, 3]. */
  compute(images: tf.Tensor): tf.Tensor;
  dispose(): void;
}

/** @param side of the images, which the network takes */
export function computing(
  record: NetworkRecord,
  weights: NamedTensors,
  side: number,
): Promise<Computing> {
  return record.graph === undefined
    ? computingLayers(record, weights)
    : computingGraph(record.graph, weights, side);
}

async function computingGraph(
  given: Graph,
  weights: NamedTensors,
  side: number,
): Promise<Computing> {
  const { outputs } = given;
  const graph = atSide(given, outputs, side);
  const tensors = withPositions(weights, { graph, outputs }, (name) => name);
  const program = new Program(graph, outputs);
  const kept = program.weights.map(({ name, axes }) => {
    const { shape, values } = tensors.get(name) as NamedTensor;
    return tf.tidy(() => tf.transpose(tf.tensor(values, shape), axes));
  });
  return {
    compute: (images) => program.run(images, kept)[0] as tf.Tensor,
    dispose: () => tf.dispose(kept),
  };
}

async function computingLayers(
  { name, layers }: NetworkRecord,
  weights: NamedTensors,
): Promise<Computing> {
  const model = await tf.models.modelFromJSON(layers as tf.io.ModelJSON);
  for (const layer of model.layers) {
    const tensors = layer.weights.map(({ originalName }) => {
      const weight = weights.get(originalName);
      if (weight === undefined) {
        throw missing(`the weight ${originalName}`, name);
      }
      return tf.tensor(weight.values, weight.shape);
    });
    layer.setWeights(tensors);
    tf.dispose(tensors);
  }
  return {
    compute: (images) => [model.predict(images)].flat()[0] as tf.Tensor,
    dispose: () => model.dispose(),
  };
}
