/** The labels of images for several tasks, and the targets that a batch of these images has. */
import { digestOf, imageName, type Samples } from '../../dataset/index.js';
import { type Head, headsFor } from '../../model/index.js';
import type { BatchLabels } from '../../pipeline/index.js';
import { type Part, samplesIn } from './images.js';

/** What the answers of a network to a batch are compared with. */
export interface TaskTargets {
  /** [images, columns]: of each class its share, 0…1. Zeros where the image has no label for the task. */
  targets: Float32Array;
  /**
   * [images, tasks]: how much each label counts. 1; 0 where the image has no label for the task. Of a mixed image, the shares of
   * those of both images that have one.
   */
  weights: Float32Array;
}

type Mixed = Pick<BatchLabels, 'indices' | 'partners' | 'weights'>;

/** The classes of an image for a task; undefined where it is not labelled for it. */
type Labels = readonly number[] | undefined;

export class LabelTable {
  /** The columns of the targets. */
  readonly heads: readonly Head[];
  /** By task: of its labelled images in the part, a digest. */
  readonly digests: string[];
  /** By task, then by image. */
  private readonly labels: Labels[][];

  /** The labels of `images`, which are some of a part's. */
  constructor(part: Part, images: Samples) {
    this.heads = headsFor(part.tasks.map(({ name, ...task }) => ({ ...task, task: name })));
    const places = new Map(images.map((image, place) => [imageName(image), place]));
    const labelled = part.tasks.map(({ name }) => samplesIn(part, name));
    this.digests = labelled.map(digestOf);
    this.labels = part.tasks.map(({ classes }, task) => {
      const column: Labels[] = Array.from({ length: images.length });
      // Millions of images share these.
      const single = classes.map((_, label) => [label]);
      for (const sample of labelled[task] as Samples) {
        const place = places.get(imageName(sample));
        if (place !== undefined) {
          column[place] = sample.labels ?? single[sample.label];
        }
      }
      return column;
    });
  }

  /** The labels of the images that are labelled for the task at `place`. */
  labelsFor(place: number): (readonly number[])[] {
    return (this.labels[place] ?? []).filter((labels) => labels !== undefined);
  }

  targetsOf({ indices, partners, weights: shares }: Mixed): TaskTargets {
    const { heads } = this;
    const columns = heads.at(-1)?.to ?? 0;
    const targets = new Float32Array(indices.length * columns);
    const weights = new Float32Array(indices.length * heads.length);
    for (let row = 0; row < indices.length; row++) {
      const share = shares[row] as number;
      heads.forEach(({ from }, place) => {
        const own = this.at(place, indices[row] as number);
        const partner = share < 1 ? this.at(place, partners[row] as number) : undefined;
        const [ofOwn, ofPartner] = [own ? share : 0, partner ? 1 - share : 0];
        const weight = ofOwn + ofPartner;
        weights[row * heads.length + place] = weight;
        const first = row * columns + from;
        add(targets, first, own, ofOwn / weight);
        add(targets, first, partner, ofPartner / weight);
      });
    }
    return { targets, weights };
  }

  private at(place: number, index: number): Labels {
    return this.labels[place]?.[index];
  }
}

function add(targets: Float32Array, first: number, labels: Labels = [], share: number): void {
  for (const label of labels) {
    targets[first + label] = (targets[first + label] as number) + share;
  }
}
