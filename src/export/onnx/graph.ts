/** A classifier as a graph of ONNX's operations, with its preprocessing in front and an output for each head. */
import { type Classifier, headsOf, outputsOf } from '../../model/index.js';
import type { Preprocessing } from '../../pipeline/index.js';
import type { tf } from '../../tensorflow/index.js';
import { answerNames } from '../answers.js';
import { layerNodes } from './layers.js';
import { Maker, type Value } from './maker.js';

/** What the input is called. */
export const inputName = 'images';

export interface Output {
  name: string;
  classes: readonly string[];
}

interface OnnxGraph extends Pick<Maker, 'nodes' | 'tensors'> {
  outputs: Output[];
}

/**
 * The graph takes levels of RGB, 0…255, [batch, 3, crop, crop].
 *
 * @throws InvalidInputError when a layer cannot be expressed, by its name
 */
export function onnxGraph(classifier: Classifier): OnnxGraph {
  const { model, preprocessing } = classifier;
  const names = answerNames(classifier);
  const maker = new Maker([inputName, ...names]);
  const [images] = model.inputs as [tf.SymbolicTensor];
  const values = new Map([[images.id, normalized(preprocessing, maker)]]);
  const outputs = outputsOf(model).map((output, i) => {
    const { name } = valueFor(output, values, maker);
    maker.rename(name, names[i] as string);
    return { name: names[i] as string, classes: headsOf(classifier)[i]?.classes ?? [] };
  });
  return { nodes: maker.nodes, tensors: maker.tensors, outputs };
}

/** The levels as the network takes them. */
function normalized({ crop, channels, mean, std }: Preprocessing, maker: Maker): Value {
  maker.begin('preprocessing');
  const sides = [3, 1, 1];
  const ordered =
    channels === 'rgb'
      ? inputName
      : maker.add('Gather', [inputName, maker.integers([2, 1, 0])], { axis: 1 });
  const centred = maker.add('Sub', [ordered, maker.floats(mean, sides)]);
  const name = maker.add('Div', [centred, maker.floats(std, sides)]);
  return { name, shape: [null, crop, crop, 3] };
}

/** The value of a symbolic tensor; adds the layers that it needs and that are not there yet. */
function valueFor(tensor: tf.SymbolicTensor, values: Map<number, Value>, maker: Maker): Value {
  const known = values.get(tensor.id);
  if (known !== undefined) {
    return known;
  }
  const { sourceLayer: layer, nodeIndex } = tensor;
  const node = (layer as unknown as Called).inboundNodes[nodeIndex] as Call;
  const inputs = node.inputTensors.map((input) => valueFor(input, values, maker));
  const names = layerNodes(
    { layer, inputs: inputs as [Value, ...Value[]], output: tensor.shape },
    maker,
  );
  node.outputTensors.forEach((output, i) => {
    values.set(output.id, { name: names[i] as string, shape: output.shape });
  });
  return values.get(tensor.id) as Value;
}

/** What tfjs keeps of the calls of a layer. */
interface Called {
  inboundNodes: Call[];
}

interface Call {
  inputTensors: tf.SymbolicTensor[];
  outputTensors: tf.SymbolicTensor[];
}
