/** Collects a manifest from its parts and checks each of them. */
import path from 'node:path';
import { expected } from '../../errors.js';
import { isBox } from '../boxes/box.js';
import type { FileStamp } from '../file-stamp.js';
import { isRange } from '../image-file.js';
import { SampleColumns } from '../samples/sample-columns.js';
import { SampleTable } from '../samples/sample-table.js';
import { type LabelFile, mostFolds, type Question, type Sample, type Task } from '../types.js';
import type { StoredManifest } from './root.js';

/** The lists of a manifest in the order of its file: the entries of each one name those of the first. */
export const lists = ['tasks', 'samples', 'questions'] as const;

/**
 * See the file's heading. Parts come in the order of the file. `place` says for an error where the present one is, and `remedy`
 * how to make a sound manifest.
 */
export class ManifestContents {
  private head: Omit<StoredManifest, 'version' | (typeof lists)[number]> = { root: '', seed: 0 };
  private readonly tasks: Task[] = [];
  private readonly samples = new SampleColumns();
  private readonly questions: Question[] = [];
  private readonly taskOf = new Map<string, Task>();

  constructor(
    private readonly place: () => string,
    private readonly remedy: string,
  ) {}

  /** @throws InvalidInputError for another version, a relative root, a seed that is no integer, or label files without a hash. */
  addHead(value: unknown): void {
    const { version, root, relativeRoot, questionFile, seed, folds, labelFiles } = (value ??
      {}) as Partial<StoredManifest>;
    if (version !== 1) {
      this.fail('version 1', version);
    }
    if (typeof root !== 'string' || !path.isAbsolute(root)) {
      this.fail('an absolute path as root', root);
    }
    this.checkPaths({ relativeRoot, questionFile });
    if (!Number.isInteger(seed)) {
      this.fail('an integer as seed', seed);
    }
    if (folds !== undefined && !isFolds(folds)) {
      this.fail(`an integer from 2 to ${mostFolds} as folds`, folds);
    }
    if (labelFiles !== undefined && !(Array.isArray(labelFiles) && labelFiles.every(isLabelFile))) {
      this.fail('labelFiles with path, hash, size and modified', labelFiles);
    }
    this.head = {
      root,
      seed,
      ...(relativeRoot !== undefined && { relativeRoot }),
      ...(folds !== undefined && { folds }),
      ...(labelFiles && { labelFiles }),
      ...(questionFile !== undefined && { questionFile }),
    } as StoredManifest;
  }

  private checkPaths(paths: Readonly<Record<string, unknown>>): void {
    for (const [name, file] of Object.entries(paths)) {
      if (file !== undefined && typeof file !== 'string') {
        this.fail(`a path as ${name}`, file);
      }
    }
  }

  /** @throws InvalidInputError for a task without names, and for a sample or question of no such task. */
  addTo(list: (typeof lists)[number], value: unknown): void {
    if (list === 'samples') {
      this.addSample(value as Sample | null);
    } else if (list === 'tasks') {
      this.addTask(value as Task | null);
    } else {
      this.addQuestion(value as Question | null);
    }
  }

  finish(): StoredManifest {
    const { head, tasks, samples, questions } = this;
    const [first, ...others] = tasks;
    if (first === undefined) {
      this.fail('a task', tasks);
    }
    const table = new SampleTable(samples);
    return { version: 1, ...head, tasks: [first, ...others], samples: table, questions };
  }

  private addTask(task: Task | null): void {
    if (typeof task?.name !== 'string' || !isArrayOfStrings(task.classes)) {
      this.fail('a task with a name and class names', task);
    }
    if (task.labels !== undefined && task.labels !== 'one' && task.labels !== 'any') {
      this.fail('one or any as the labels of a task', task);
    }
    if (task.ordered !== undefined && !isOrder(task)) {
      this.fail('ordered classes from one of them on, two or more, in a task of one label', task);
    }
    this.taskOf.set(task.name, task);
    this.tasks.push(task);
  }

  private addSample(sample: Sample | null): void {
    const task = this.taskOf.get(sample?.task ?? '') ?? noTask;
    const { folds = 0 } = this.head;
    const wrong = sampleParts.find(([, fits]) => sample === null || !fits(sample, task, folds));
    if (wrong !== undefined) {
      this.fail(`a sample with ${wrong[0]}`, sample);
    }
    if (!this.samples.add(sample as Sample)) {
      this.fail('a sample with a SHA-256 in hex as hash', sample);
    }
  }

  private addQuestion(question: Question | null): void {
    const whole = typeof question?.path === 'string' && typeof question.file === 'string';
    if (!whole || !this.taskOf.has(question.task)) {
      this.fail('a question of a known task', question);
    }
    if (question.box !== undefined && !isBox(question.box)) {
      this.fail('a question with four whole numbers x0, y0, x1, y1 as box, if any,', question);
    }
    this.questions.push(question);
  }

  private fail(what: string, received: unknown): never {
    throw expected(what, this.place(), received, this.remedy);
  }
}

const noTask: Task = { name: '', classes: [] };

/** What the members of a sample of a task must be. The table of samples checks the hash. */
const sampleParts: readonly [
  what: string,
  fits: (sample: Sample, task: Task, folds: number) => boolean,
][] = [
  ['a path', ({ path: file }) => typeof file === 'string'],
  ['a known task', (_, { classes }) => classes.length > 0],
  ['a range in bytes, if any', ({ range }) => range === undefined || isRange(range)],
  [
    'four whole numbers x0, y0, x1, y1 as box, if any,',
    ({ box }) => box === undefined || isBox(box),
  ],
  ['both size and modified as integers, or neither', isStamp],
  [
    'a label that numbers one of the classes of its task from 0,',
    ({ label }, task) => task.labels === 'any' || isClass(label, task),
  ],
  [
    'label -1 and ascending class numbers as labels if its task has any number of them, and no labels otherwise,',
    ({ label, labels }, task) =>
      task.labels === 'any'
        ? label === -1 && areClasses(labels, task) && isAscending(labels)
        : labels === undefined,
  ],
  ['labels of its task in maybe', ({ maybe }, task) => areClasses(maybe, task)],
  ['train or validation as split', ({ split }) => split === 'train' || split === 'validation'],
  [
    'a fold below folds, or none without folds,',
    ({ fold = -1 }, _, folds) =>
      Number.isInteger(fold) && fold < folds && fold >= (folds > 0 ? 0 : -1),
  ],
];

/** Whether a task may have its order: of two classes or more that exclude each other. */
export const isOrder = ({ classes, labels, ordered }: Task): boolean =>
  labels !== 'any' &&
  Number.isInteger(ordered?.from) &&
  (ordered?.from as number) >= 0 &&
  (ordered?.from as number) <= classes.length - 2;

const isFolds = (folds: number): boolean =>
  Number.isInteger(folds) && folds >= 2 && folds <= mostFolds;

function isLabelFile(file: LabelFile | null): boolean {
  return (
    typeof file?.path === 'string' &&
    typeof file.hash === 'string' &&
    file.size !== undefined &&
    isStamp(file)
  );
}

function isStamp({ size, modified }: Partial<FileStamp>): boolean {
  const known = size ?? modified;
  return known === undefined || (Number.isSafeInteger(size) && Number.isSafeInteger(modified));
}

function isClass(label: number, { classes }: Task): boolean {
  return Number.isInteger(label) && label >= 0 && label < classes.length;
}

function areClasses(labels: readonly number[] | undefined, task: Task): labels is number[] {
  return Array.isArray(labels) && labels.every((label) => isClass(label, task));
}

const isAscending = (labels: readonly number[]): boolean =>
  labels.every((label, at) => at === 0 || label > (labels[at - 1] as number));

function isArrayOfStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
