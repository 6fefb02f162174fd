/** Measures what a network takes on this machine: images a second in training and prediction, and memory. */
import { createModel, forwardOf, type ModelOptions } from '../../model/index.js';
import { isPath } from '../../options.js';
import { tf } from '../../tensorflow/index.js';
import { rowLosses } from '../loss/options.js';
import { resolveOptimizer } from '../optimizer/index.js';
import { checkedValues } from '../plan.js';
import { JittedSteps } from '../run/jitted-steps.js';
import { splitNetwork } from '../run/network.js';
import { type OneLabelTensors, oneLabel } from '../run/objective.js';
import type { StepInput } from '../run/step.js';

export interface NetworkRates {
  /** Side of the images in pixels, and images in a batch. */
  size: number;
  batch: number;
  /** Images a second of steps that train all weights, and of passes forward as prediction runs them. No images are read. */
  training: number;
  prediction: number;
  /** The most memory that the process has had, in MB. */
  memoryMB: number;
}

const classes = Array.from({ length: 10 }, (_, i) => `class ${i}`);

/**
 * Times random batches for `seconds` each, after a first step that also traces the network. The memory is that of the whole
 * process: measure each network in a process of its own.
 */
export async function measureNetwork(
  network: ModelOptions['network'],
  { batch = 32, seconds = 3 } = {},
): Promise<NetworkRates> {
  // An imported network has its own weights, and may have some that cannot be drawn at random.
  const pretrained = network !== undefined && isPath(network);
  const classifier = await createModel({ network, classes, pretrained, trainable: 'all', seed: 1 });
  const { model, preprocessing } = classifier;
  const { values } = checkedValues({ batchSize: batch });
  const steps = new JittedSteps(
    splitNetwork(model),
    resolveOptimizer(values),
    oneLabel(classes.length, rowLosses(values)),
  );
  const size = preprocessing.crop;
  const place = { learningRate: values.learningRate, key: 'measure', isLast: true };
  const given = randomBatch(batch, size);
  const training = await rateOf(() => steps.train(cloned(given), place), seconds);
  const forward = forwardOf(classifier);
  const prediction = await rateOf(() => forward.async(given.tensors.images, 1), seconds);
  tf.dispose({ ...given.tensors });
  steps.dispose();
  model.dispose();
  const memoryMB = Math.round(process.resourceUsage().maxRSS / 1000);
  return { size, batch, training: training * batch, prediction: prediction * batch, memoryMB };
}

/** Calls a second. */
async function rateOf(call: () => Promise<tf.Tensor>, seconds: number): Promise<number> {
  const run = async () => {
    const result = await call();
    await result.data();
    result.dispose();
  };
  await run();
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  while (elapsed < 1000 * seconds) {
    await run();
    calls++;
    elapsed = performance.now() - start;
  }
  return (1000 * calls) / elapsed;
}

interface RandomBatch extends StepInput {
  tensors: OneLabelTensors;
}

const randomBatch = (images: number, size: number): RandomBatch => ({
  images,
  tensors: {
    images: tf.randomUniform([images, size, size, 3], -1, 1) as tf.Tensor4D,
    targets: tf.oneHot(tf.zeros([images], 'int32'), classes.length).cast('float32') as tf.Tensor2D,
    labels: tf.zeros([images], 'int32'),
  },
});

/** A step frees its input. */
const cloned = ({ images, tensors }: RandomBatch): RandomBatch => ({
  images,
  tensors: {
    images: tensors.images.clone(),
    targets: tensors.targets.clone(),
    labels: tensors.labels.clone(),
  },
});
