/** The answers of the teachers of one task for the photos that have no label of it. */
import type { ImageFile, Manifest, Task } from '../../dataset/index.js';
import type { TaughtTask } from '../../training/index.js';
import { type ClassifyRequest, classify } from '../classify.js';
import type { ClassifyOptions } from '../options.js';
import type { Photos } from './photos.js';
import type { Teacher } from './teacher.js';

/** See the file's heading. */
export class Answers {
  private readonly hashes: string[];
  private readonly files: ImageFile[];
  private readonly sums: Float64Array;
  /** By photo: how many teachers have answered. */
  private readonly given: Uint16Array;
  /** The photos without a label. */
  private readonly missing: number[];

  constructor(
    readonly task: Task,
    manifest: Manifest,
    { training }: Photos,
  ) {
    const labelled = new Set<string>();
    for (const sample of manifest.samples) {
      if (sample.task === task.name) {
        labelled.add(sample.hash);
      }
    }
    this.hashes = [...training.keys()];
    this.files = [...training.values()];
    this.missing = [...this.hashes.keys()].filter(
      (photo) => !labelled.has(this.hashes[photo] as string),
    );
    this.sums = new Float64Array(this.hashes.length * task.classes.length);
    this.given = new Uint16Array(this.hashes.length);
  }

  /** Adds the answers of a teacher for the photos that it has not seen. Unreadable ones stay without. */
  async ask(
    { classifier, seen }: Pick<Teacher, 'classifier' | 'seen'>,
    options: Pick<ClassifyRequest, 'onProgress' | 'signal'> & Partial<ClassifyOptions>,
  ): Promise<void> {
    const { task, sums, given, hashes } = this;
    const asked = this.missing.filter((photo) => !seen.has(hashes[photo] as string));
    if (asked.length === 0) {
      return;
    }
    const { probabilities, failures } = await classify({
      ...options,
      classifier,
      task: task.name,
      classes: task.classes,
      files: asked.map((photo) => this.files[photo] as ImageFile),
    });
    const unreadable = new Set(failures.map(({ index }) => index));
    const columns = task.classes.length;
    for (const [row, photo] of asked.entries()) {
      if (unreadable.has(row)) {
        continue;
      }
      given[photo] = (given[photo] as number) + 1;
      for (let k = 0; k < columns; k++) {
        const at = photo * columns + k;
        sums[at] = (sums[at] as number) + (probabilities[row * columns + k] as number);
      }
    }
  }

  /** The mean answer for each photo; zeros where none was given. */
  means(): TaughtTask {
    const { task, sums, given } = this;
    const columns = task.classes.length;
    const probabilities = Float32Array.from(
      sums,
      (sum, at) => sum / Math.max(1, given[Math.floor(at / columns)] as number),
    );
    return { task: task.name, classes: task.classes, probabilities };
  }
}
