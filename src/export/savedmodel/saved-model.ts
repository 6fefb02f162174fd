/** A classifier as TensorFlow's SavedModel: https://www.tensorflow.org/guide/saved_model */
import { expected } from '../../errors.js';
import { type Classifier, headsOf } from '../../model/index.js';
import { intField, piecesField } from '../../protobuf.js';
import { graphOf, tensorFlowVersion, tf } from '../../tensorflow/index.js';
import { answerNames } from '../answers.js';
import { fromLevels } from '../levels.js';
import { lengthApart } from './batch.js';
import { standingAlone } from './graph-def.js';
import { type Pieces, text, textsField } from './nodes.js';
import { type Named, signatureField } from './signature.js';

/** A protocol buffer is read up to this size. */
const mostBytes = 2 ** 31 - 1;

/**
 * `saved_model.pb` in pieces. The signature `serving_default` takes `images` and gives the probabilities of each head under its name
 * of {@link answerNames}; the signature `classes` gives the names of the classes under the same names.
 *
 * @throws InvalidInputError for more than 2 GB of weights
 */
export function savedModelPieces(classifier: Classifier): Uint8Array[] {
  const { model, preprocessing } = classifier;
  const side = preprocessing.crop;
  const sides = model.getWeights().flatMap(({ shape }) => shape);
  const length = lengthApart([side, ...sides]);
  const graph = graphOf(fromLevels(classifier), [[length, side, side, 3]]);
  try {
    const heads = headsOf(classifier);
    const names = answerNames(classifier);
    const classNames = heads.map(({ classes }, i) => textsField(`classes_${i}`, classes));
    const signatures = [
      signatureField({
        name: 'serving_default',
        inputs: [imagesOf(graph.arguments[0] as string, side)],
        outputs: heads.map(({ classes }, i) => ({
          name: names[i] as string,
          tensor: graph.outputs[i] as string,
          type: 'float32',
          shape: [null, classes.length],
        })),
      }),
      signatureField({
        name: 'classes',
        inputs: [],
        outputs: heads.map(({ classes }, i) => ({
          name: names[i] as string,
          tensor: `classes_${i}:0`,
          type: 'string',
          shape: [classes.length],
        })),
      }),
    ];
    const pieces = messageOf(
      [...standingAlone(graph, length, side), ...classNames.flat()],
      signatures,
    );
    checkSize(pieces);
    return pieces;
  } finally {
    tf.dispose(graph.captured.map(({ tensor }) => tensor));
  }
}

const imagesOf = (node: string, side: number): Named => ({
  name: 'images',
  tensor: `${node}:0`,
  type: 'float32',
  shape: [null, side, side, 3],
});

/** A SavedModel of one graph, which is for inference. */
function messageOf(graph: Pieces, signatures: readonly Pieces[]): Pieces {
  const info = [text(4, 'serve'), text(5, tensorFlowVersion())];
  const metaGraph = [...piecesField(1, info), ...piecesField(2, graph), ...signatures.flat()];
  return [Uint8Array.from(intField(1, 1)), ...piecesField(2, metaGraph)];
}

function checkSize(pieces: Pieces): void {
  const bytes = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes > mostBytes) {
    const what = 'a classifier of at most 2 GB, the most that TensorFlow reads,';
    throw expected(what, 'a SavedModel', `${bytes} bytes`, 'Export it to onnx');
  }
}
