/** The images of several tasks, each once, however many of the tasks it is labelled for. */
import {
  imageName,
  type Manifest,
  type Sample,
  type Samples,
  SampleTable,
  type Split,
  samplesOf,
  type Task,
} from '../../dataset/index.js';
import { answeredImages, type SoftTargets } from './soft-targets.js';

/** Whether each image has one label, that of its sample: then its samples need no other form. */
export const hasOneLabel = ([first, ...others]: readonly Task[]): boolean =>
  others.length === 0 && first?.labels !== 'any';

/** The part of a manifest that a training takes. */
export interface Part {
  manifest: Manifest;
  tasks: readonly Task[];
  /** `all`: both splits; `none`: no images. */
  split: Split | 'all' | 'none';
  fold: number | undefined;
}

/** The samples of one of the tasks in a part. */
export function samplesIn({ manifest, split, fold }: Omit<Part, 'tasks'>, task: string): Samples {
  if (split === 'all' || split === 'none') {
    const { samples } = manifest;
    return samples.filter((sample) => split === 'all' && sample.task === task);
  }
  return samplesOf(manifest, task, split, fold);
}

/**
 * The images of a part: those of the first task, then the others of the second, … An image that is in several tasks is there
 * once. Where {@link hasOneLabel} is false, the samples have no label.
 */
export function imagesOf(part: Part): Samples {
  const parts = part.tasks.map(({ name }) => samplesIn(part, name));
  return hasOneLabel(part.tasks) ? (parts[0] as Samples) : SampleTable.from(unlabelled(parts));
}

/** Each image once. */
function* unlabelled(parts: readonly Samples[]): Generator<Sample> {
  const seen = new Set<string>();
  for (const samples of parts) {
    for (const { labels: _, ...sample } of samples) {
      const name = imageName(sample);
      if (!seen.has(name)) {
        seen.add(name);
        yield { ...sample, label: -1, maybe: [] };
      }
    }
  }
}

/**
 * The images of a part, then those of other tasks and of questions for which `soft` has an answer: none whose bytes are those of an
 * image in `held`, which validates.
 */
export const withTaught = (part: Part, own: Samples, soft: SoftTargets, held: Samples): Samples =>
  SampleTable.from(taughtAfter(part, own, soft, held));

function* taughtAfter(
  part: Part,
  own: Samples,
  soft: SoftTargets,
  held: Samples,
): Generator<Sample> {
  const answered = answeredImages(
    soft,
    part.tasks.map(({ name }) => name),
  );
  for (const { hash } of held) {
    answered.delete(hash);
  }
  const [seen, hashes] = [new Set<string>(), new Set<string>()];
  for (const sample of own) {
    seen.add(imageName(sample));
    hashes.add(sample.hash);
    yield sample;
  }
  for (const sample of unlabelled(part.manifest.tasks.map(({ name }) => samplesIn(part, name)))) {
    if (answered.has(sample.hash) && !seen.has(imageName(sample))) {
      hashes.add(sample.hash);
      yield sample;
    }
  }
  const [{ name: task }] = part.tasks as [Task];
  for (const { path, hash } of soft.questions) {
    if (answered.has(hash) && !hashes.has(hash)) {
      hashes.add(hash);
      yield { path, hash, task, label: -1, maybe: [], split: 'train' };
    }
  }
}

/** The labels of samples that have one each. */
export function* labelsOf(samples: Samples): Generator<number> {
  for (const { label } of samples) {
    yield label;
  }
}
