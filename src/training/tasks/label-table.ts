/** The labels of images for several tasks, and the targets that a batch of these images has. */
import { digestOf, imageName, type Sample, type Samples, type Task } from '../../dataset/index.js';
import { expected } from '../../errors.js';
import { type Head, headsFor } from '../../model/index.js';
import type { BatchLabels } from '../../pipeline/index.js';
import { type Part, samplesIn } from './images.js';
import { isAnswer, rowAt, type SoftTargets, type TaughtTask } from './soft-targets.js';

/** What the answers of a network to a batch are compared with. */
export interface TaskTargets {
  /** [images, columns]: of each class its share, 0…1. Zeros where the image has no label for the task. */
  targets: Float32Array;
  /**
   * [images, tasks]: how much each label counts. 1; 0 where the image has no label for the task. Of a mixed image, the shares of
   * those of both images that have one.
   */
  weights: Float32Array;
  /**
   * [images, tasks]: the right class, of a mixed image that of the larger share; −1 without a label, and where an image has any
   * number of them.
   */
  labels: Int32Array;
}

type Mixed = Pick<BatchLabels, 'indices' | 'partners' | 'weights'>;

/** What an image is labelled with for a task. */
interface Target {
  /** The right class; −1 where it has any number of them. */
  label: number;
  /** The classes that share the target. */
  classes: readonly number[];
  /** Their shares, 0…1; absent: 1 each. */
  shares?: ArrayLike<number>;
}

interface TableOptions {
  /** Share of the target that the classes marked `m` have, 0…1. */
  maybe?: number;
  /** For images without a label. */
  soft?: SoftTargets | undefined;
}

export class LabelTable {
  readonly tasks: readonly Task[];
  /** The columns of the targets. */
  readonly heads: readonly Head[];
  /** By task: of its labelled images in the part, a digest; with the classes marked `m` where they have a share. */
  readonly digests: string[];
  /** By task, then by image; undefined where it is not labelled for the task. */
  private readonly labelled: (Target | undefined)[][];

  /** The labels of `images`, which are some of a part's. */
  constructor(part: Part, images: Samples, { maybe = 0, soft }: TableOptions = {}) {
    this.tasks = part.tasks;
    this.heads = headsFor(part.tasks.map(({ name, ...task }) => ({ ...task, task: name })));
    const places = new Map(images.map((image, place) => [imageName(image), place]));
    const samples = part.tasks.map(({ name }) => samplesIn(part, name));
    this.digests = samples.map((each) => digestOf(each, { marks: maybe > 0 }));
    this.labelled = part.tasks.map(({ name, classes }, task) => {
      const column: (Target | undefined)[] = Array.from({ length: images.length });
      // Millions of images share these.
      const single = classes.map((_, label): Target => ({ label, classes: [label] }));
      for (const sample of samples[task] as Samples) {
        const place = places.get(imageName(sample));
        if (place !== undefined) {
          column[place] = targetOf(sample, single, maybe);
        }
      }
      const taught = soft?.tasks.find((each) => each.task === name);
      if (soft !== undefined && taught !== undefined) {
        checkClasses(taught, classes);
        fillIn(column, images, soft.images, taught);
      }
      return column;
    });
  }

  /** Of each image that is labelled for the task at `place`, the right class. */
  labelsFor(place: number): number[] {
    return this.targetsFor(place).map(({ label }) => label);
  }

  /** The same of all classes that have a share of the target. */
  classesFor(place: number): number[] {
    return this.targetsFor(place).flatMap(({ classes, shares }) =>
      classes.filter((_, index) => (shares?.[index] ?? 1) > 0),
    );
  }

  targetsOf({ indices, partners, weights: shares }: Mixed): TaskTargets {
    const { heads } = this;
    const columns = heads.at(-1)?.to ?? 0;
    const targets = new Float32Array(indices.length * columns);
    const weights = new Float32Array(indices.length * heads.length);
    const labels = new Int32Array(weights.length);
    for (let row = 0; row < indices.length; row++) {
      const share = shares[row] as number;
      heads.forEach(({ from }, place) => {
        const own = this.at(place, indices[row] as number);
        const partner = share < 1 ? this.at(place, partners[row] as number) : undefined;
        const [ofOwn, ofPartner] = [own ? share : 0, partner ? 1 - share : 0];
        const weight = ofOwn + ofPartner;
        const cell = row * heads.length + place;
        weights[cell] = weight;
        labels[cell] = (ofPartner > ofOwn ? partner : own)?.label ?? -1;
        const first = row * columns + from;
        add(targets, first, own, ofOwn / weight);
        add(targets, first, partner, ofPartner / weight);
      });
    }
    return { targets, weights, labels };
  }

  private targetsFor(place: number): Target[] {
    return (this.labelled[place] ?? []).filter((target) => target !== undefined);
  }

  private at(place: number, index: number): Target | undefined {
    return this.labelled[place]?.[index];
  }
}

/** @param single of each label alone */
function targetOf({ label, labels, maybe: marked }: Sample, single: Target[], maybe: number) {
  if (labels !== undefined) {
    return { label, classes: labels };
  }
  return maybe > 0 && marked.length > 0
    ? {
        label,
        classes: [label, ...marked],
        shares: [1 - maybe, ...marked.map(() => maybe / marked.length)],
      }
    : single[label];
}

function checkClasses({ task, classes }: TaughtTask, wanted: readonly string[]): void {
  if (JSON.stringify(classes) !== JSON.stringify(wanted)) {
    const name = `the soft targets of task ${task}`;
    throw expected(`classes ${wanted.join(', ')}`, name, classes.join(', '));
  }
}

/** Gives the images without a label the answer of the teachers, if there is one. */
function fillIn(
  column: (Target | undefined)[],
  images: Samples,
  taught: readonly string[],
  task: TaughtTask,
): void {
  const rows = new Map(taught.map((hash, row) => [hash, row]));
  const classes = [...task.classes.keys()];
  for (const [place, { hash }] of [...images].entries()) {
    const row = column[place] === undefined ? rows.get(hash) : undefined;
    const shares = row === undefined ? undefined : rowAt(task, row);
    if (shares !== undefined && isAnswer(shares)) {
      column[place] = { label: shares.indexOf(Math.max(...shares)), classes, shares };
    }
  }
}

function add(
  targets: Float32Array,
  first: number,
  target: Target | undefined,
  weight: number,
): void {
  target?.classes.forEach((label, place) => {
    const share = target.shares?.[place] ?? 1;
    targets[first + label] = (targets[first + label] as number) + weight * share;
  });
}
