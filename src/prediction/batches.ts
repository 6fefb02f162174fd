/** Probabilities of classifiers, batch by batch: images are decoded once for each preprocessing among them. */
import { imageName } from '../dataset/index.js';
import {
  type Piece,
  type StreamedBatch,
  type StreamOptions,
  streamPiece,
  type UnreadableFile,
} from '../features/index.js';
import { type Classifier, checkFiniteWeights, forwardOf, headsOf } from '../model/index.js';
import { completePreprocessing, evaluationAugmentation } from '../pipeline/index.js';
import type { tf } from '../tensorflow/index.js';
import { addShare, atTemperature, type MeanName, meanOfViews, means } from './mean.js';
import type { Member } from './members.js';
import type { ClassifyOptions } from './options.js';
import { checkProbabilities } from './probabilities.js';
import { variantsOf } from './views.js';

/** The answers to some images that follow each other in the request. */
export interface ClassifiedBatch {
  /** Index of the first image. */
  start: number;
  /** Number of images. */
  count: number;
  /** [count, classes]; as in a `Classification`. */
  probabilities: Float32Array;
  failures: UnreadableFile[];
  /** Time that was spent waiting for the images, in milliseconds. */
  waitMs: number;
  /** False where another worker of the cluster has computed them. */
  isOwn: boolean;
}

/** Streams images; by default this process computes all of them. */
type Stream = (
  piece: Piece,
  options: StreamOptions,
) => AsyncIterable<StreamedBatch & { isOwn?: boolean }>;

/**
 * Classifies the images batch by batch. Each is decoded once for each preprocessing among the classifiers; an image that one
 * of them cannot read is a failure.
 *
 * @throws InvalidInputError when a probability or a weight is not finite.
 */
export async function* classifyPiece(
  piece: Piece,
  members: readonly Member[],
  options: ClassifyOptions,
  stream: Stream = streamPiece,
): AsyncGenerator<ClassifiedBatch> {
  const { classes } = (members[0] as Member).classifier;
  const { crops, batchSize, threads, mean = 'arithmetic' } = options;
  const takers = byPreprocessing(members);
  const batches = stream(piece, {
    preprocessings: takers.map(([first]) => (first as Member).classifier.preprocessing),
    augmentation: { ...evaluationAugmentation, crop: crops },
    variants: variantsOf(options),
    batchSize,
    threads,
    columns: classes.length,
    forward: (windows, images) => forward(takers, windows, { size: images, mean }),
  });
  for await (const { rows: probabilities, isOwn = true, ...batch } of batches) {
    const nameOf = (row: number) => {
      const place = batch.start - piece.first + row;
      return imageName(piece.images[place] as Piece['images'][number]);
    };
    checkProbabilities(probabilities, classes, nameOf, unsoundWeights);
    for (const { classifier } of members) {
      await checkFiniteWeights(classifier.model, unsoundWeights);
    }
    yield { ...batch, probabilities, isOwn };
  }
}

const unsoundWeights =
  'The weights of the classifier are not sound: train it again, or use another';

/** The members in groups that take the same windows. */
function byPreprocessing(members: readonly Member[]): Member[][] {
  const groups = new Map<string, Member[]>();
  for (const member of members) {
    const key = JSON.stringify(completePreprocessing(member.classifier.preprocessing));
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  return [...groups.values()];
}

/** Images of a forward pass, and how their probabilities are averaged. */
interface Averaged {
  size: number;
  mean: MeanName;
}

/**
 * Probabilities, [size, classes]: the mean over the windows of each image, then over the members by their shares. The
 * caller frees the windows.
 */
async function forward(
  takers: readonly Member[][],
  pixels: readonly tf.Tensor[],
  { size, mean }: Averaged,
): Promise<Float32Array> {
  const [{ classifier: first }] = takers[0] as [Member];
  const heads = headsOf(first);
  const { terms, probabilities } = means[mean];
  let sum: Float32Array | undefined;
  for (const [index, members] of takers.entries()) {
    const windows = pixels[index] as tf.Tensor;
    for (const { classifier, share, temperature } of members) {
      const answer = await answerOf(classifier, windows, { size, mean });
      sum = addShare(sum, terms(atTemperature(answer, heads, temperature), heads), share);
    }
  }
  return probabilities(sum as Float32Array, heads);
}

/** The mean of a classifier's probabilities over the windows of each image. */
async function answerOf(
  classifier: Classifier,
  windows: tf.Tensor,
  { size, mean }: Averaged,
): Promise<Float32Array> {
  const views = (windows.shape[0] as number) / size;
  // The arithmetic mean is a part of the forward pass.
  const rows = await forwardOf(classifier).async(windows, mean === 'arithmetic' ? views : 1);
  const answer = (await rows.data()) as Float32Array;
  rows.dispose();
  if (mean === 'arithmetic' || views === 1) {
    return answer;
  }
  const heads = headsOf(classifier);
  const { terms, probabilities } = means[mean];
  return probabilities(meanOfViews(terms(answer, heads), views, classifier.classes.length), heads);
}
