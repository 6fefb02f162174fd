/** Linear probes as models: each is a candidate for the answer. */
import { type BuiltClassifier, headName, saveClassifier } from '../../model/index.js';
import { tf } from '../../tensorflow/index.js';
import type { Fitting } from './fitting.js';
import type { HeadLine } from './lines.js';
import type { NetworkProbe } from './probe-network.js';

/** What `addHead` found of this network last. */
export const headOf = (fitting: Fitting, network: string): HeadLine | undefined =>
  fitting
    .linesOf('head')
    .filter((line) => line.network === network)
    .at(-1);

/** The names of the runs of linear probes. They have no last epoch: `best` has their model. */
export const headRuns = (fitting: Fitting): string[] => [
  ...new Set(fitting.linesOf('head').map(({ run }) => run)),
];

/** Images a second through a network: as measured, else by its work, compared with that of the last one that was measured. */
export function paceOf(fitting: Fitting, network: string): number {
  const measured = fitting.linesOf('head').filter((line) => line.imagesPerSecond !== undefined);
  const own = measured.filter((line) => line.network === network);
  const known = [...measured, ...own].at(-1);
  return known?.imagesPerSecond === undefined
    ? 0
    : known.imagesPerSecond / fitting.workRatio(network, known.network);
}

/** Makes a probe the head of the classifier, and saves it in the place of an earlier probe of this network. */
export async function addHead(
  fitting: Fitting,
  classifier: BuiltClassifier,
  { probe, score, images, imagesPerSecond }: NetworkProbe,
  { network, says }: Pick<HeadLine, 'network' | 'says'>,
): Promise<void> {
  const run = headOf(fitting, network)?.run ?? `head-${headRuns(fitting).length + 1}`;
  setHead(classifier, probe);
  await saveClassifier(classifier, fitting.at('runs', run, 'best'));
  await fitting.add({ event: 'head', run, network, images, score, imagesPerSecond, says });
}

function setHead(
  { model, classes }: BuiltClassifier,
  { kernel, bias }: NetworkProbe['probe'],
): void {
  const columns = kernel.length / classes.length;
  const weights = [tf.tensor2d(kernel, [columns, classes.length]), tf.tensor1d(bias)];
  model.getLayer(headName).setWeights(weights);
  tf.dispose(weights);
}
