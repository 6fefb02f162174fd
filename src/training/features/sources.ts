/** Computes the features that a run learns, or reads them from the cache. */
import { type Manifest, resolveSamples, type Samples } from '../../dataset/index.js';
import { expected } from '../../errors.js';
import { extractFeatures, type FeaturesRequest } from '../../features/index.js';
import type { Classifier } from '../../model/index.js';
import type { tf } from '../../tensorflow/index.js';
import type { ResolvedPlan } from '../plan.js';
import type { Place } from '../workers/share.js';
import { takeFromChief } from '../workers/state.js';
import { FeatureSource } from './source.js';

export interface FeatureSources {
  training: FeatureSource;
  /** Undefined without validation images. */
  validation: FeatureSource | undefined;
}

interface FeatureParts extends Pick<FeaturesRequest, 'cache' | 'onProgress' | 'signal'> {
  plan: ResolvedPlan;
  manifest: Manifest;
  /** With the preprocessing of the run. */
  classifier: Classifier;
  /** Where several share the batches; each computes all features. */
  place?: Place | undefined;
}

/**
 * The views of the training images, and the centre crops of the validation images; undefined for a run on images.
 *
 * @throws InvalidInputError when more images cannot be read than the run tolerates, and the signal's reason when it is aborted
 */
export async function featureSources(parts: FeatureParts): Promise<FeatureSources | undefined> {
  const { plan, place, classifier } = parts;
  const { values, augmentation, training, validation } = plan;
  const { featureViews: views, seed } = values;
  if (views === 0) {
    return undefined;
  }
  if (place !== undefined) {
    // Features are of the weights that are trained on.
    const weights = classifier.model.weights.map((weight) => weight.read());
    await takeFromChief(weights as tf.Variable[]);
  }
  const ofTraining = await sourceOf(training, { augmentation, views }, seed, parts);
  try {
    const ofValidation =
      validation.length === 0 ? undefined : await sourceOf(validation, {}, undefined, parts);
    return { training: ofTraining, validation: ofValidation };
  } catch (error) {
    ofTraining.close();
    throw error;
  }
}

async function sourceOf(
  images: Samples,
  what: Pick<FeaturesRequest, 'augmentation' | 'views'>,
  order: number | undefined,
  { plan, manifest, classifier, place, cache, onProgress, signal }: FeatureParts,
): Promise<FeatureSource> {
  const { threads, seed, batchSize, damaged, failureBudget } = plan.values;
  const files = resolveSamples(manifest, images);
  const features = await extractFeatures({
    ...{ classifier, files, threads, seed, cache, onProgress, signal },
    ...what,
  });
  const { failures } = features;
  const [first] = failures;
  const most = damaged === 'fail' ? 0 : Math.min(failureBudget, files.length - 1);
  if (first !== undefined && failures.length > most) {
    const name = `images, of which ${first.path} is the first: ${first.reason}`;
    throw expected(`at most ${most} unreadable ones`, name, failures.length);
  }
  return new FeatureSource({ features, samples: files, batchSize, seed: order, place });
}
