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

/** The labels of samples that have one each. */
export function* labelsOf(samples: Samples): Generator<number> {
  for (const { label } of samples) {
    yield label;
  }
}
