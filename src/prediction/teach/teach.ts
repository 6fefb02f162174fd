/** `teach`: trained runs answer for the photos that lack the label of a task, so that a student can learn them. */
import {
  callback,
  checkArguments,
  list,
  optional,
  record,
  type ShapeOf,
  signal,
  text,
} from '../../arguments.js';
import { type Manifest, type Task, taskOf } from '../../dataset/index.js';
import { conflict, expected } from '../../errors.js';
import { type GivenValues, pickOptions, resolveOptions } from '../../options.js';
import { count } from '../../plural.js';
import {
  isAnswer,
  rowAt,
  type SoftTargets,
  saveSoftTargets,
  trainOptions,
} from '../../training/index.js';
import type { ClassifyProgress } from '../classify.js';
import { classifyOptions } from '../options.js';
import { Answers } from './answers.js';
import { photosOf } from './photos.js';
import { openTeacher, type Teacher, teacherRuns } from './teacher.js';

const { fold, trainOn } = trainOptions;

/** What of the data the student trains on and what validates it, as in its `train`. */
const heldOptions = { fold, trainOn } as const;

/** A request to {@link teach}. */
export interface TeachRequest
  extends GivenValues<typeof heldOptions>,
    GivenValues<typeof classifyOptions> {
  /** The prepared data set of the student, on which the teachers were trained, too. */
  manifest: Manifest;
  /** Folders of runs, or of the runs of several tasks. */
  teachers: readonly string[];
  /** The tasks of the student; default all. */
  tasks?: readonly string[] | undefined;
  /** Whether the photos of questions are taught, too. Default false. */
  questions?: boolean | undefined;
  /** The file that is written, for `softTargets` of `train`. */
  file: string;
  /** Called after each batch of a teacher, with the folder of its run. */
  onProgress?: ((progress: ClassifyProgress & { teacher: string }) => void) | undefined;
  /** Aborting ends the work after the present batch; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const shape = {
  ...heldOptions,
  ...classifyOptions,
  manifest: record('a manifest, as prepare and loadManifest give it,'),
  teachers: list('a list of folders'),
  tasks: optional(list('a list of names of tasks')),
  questions: optional({ what: 'true or false', accepts: (value) => typeof value === 'boolean' }),
  file: text('the path of a file'),
  onProgress: callback,
  signal,
} as const satisfies ShapeOf<TeachRequest>;

/**
 * Writes `file`: for each photo that the student trains on, and each of its tasks that the photo has no label of, the mean
 * probabilities of the teachers of this task. A teacher does not answer for a photo that it was trained on, whether under the same path
 * or another one. With `questions`, the photos of questions are taught, too, but none that has a label of some task.
 *
 * @throws InvalidInputError when a teacher was trained on other data, or on a photo that validates the student; when a task has any
 *   number of labels; and when no photo lacks a label of a task that a teacher answers
 */
export async function teach(request: TeachRequest): Promise<SoftTargets> {
  checkArguments('teach', request, shape);
  const { manifest, teachers: folders, file, questions = false, onProgress, signal } = request;
  const held = resolveOptions(heldOptions, pickOptions(heldOptions, request));
  const names = request.tasks ?? manifest.tasks.map(({ name }) => name);
  const tasks = names.map((name) => taskOf(manifest, name));
  checkOneLabel(tasks);
  const runs = await teacherRuns(folders, names);
  const photos = await photosOf(manifest, { tasks: names, held, questions });
  const sums = tasks.map((task) => new Answers(task, manifest, photos));
  for (const run of runs) {
    const teacher = await openTeacher(run, manifest);
    try {
      checkUnseen(teacher, photos.held);
      for (const answers of sums.filter(({ task }) => teacher.tasks.includes(task.name))) {
        await answers.ask(teacher, {
          ...pickOptions(classifyOptions, request),
          signal,
          onProgress: (progress) => onProgress?.({ ...progress, teacher: teacher.folder }),
        });
      }
    } finally {
      teacher.classifier[Symbol.dispose]();
    }
  }
  const targets: SoftTargets = {
    held,
    teachers: runs.map(({ folder }) => folder),
    images: [...photos.training.keys()],
    tasks: sums.map((answers) => answers.means()),
    questions: photos.questions,
  };
  if (countsOf(targets).labels === 0) {
    const remedy = 'Every photo has the labels of all tasks that they answer, or was trained on';
    throw expected('photos without a label to fill in', 'teachers', folders, remedy);
  }
  await saveSoftTargets(targets, file);
  return targets;
}

/** `2 teachers give 340 labels of 120 photos; 14 of them are of questions` */
export function taughtInWords(targets: SoftTargets): string {
  const { labels, photos, asked } = countsOf(targets);
  const [who, what, where] = [
    count(targets.teachers.length, 'teacher gives', 'teachers give'),
    count(labels, 'label'),
    count(photos, 'photo'),
  ];
  const ofQuestions =
    asked > 0 ? `; ${asked} of them ${asked === 1 ? 'is' : 'are'} of questions` : '';
  return `${who} ${what} of ${where}${ofQuestions}`;
}

function countsOf({ images, tasks, questions }: SoftTargets) {
  const answered = tasks.map((task) => images.map((_, image) => isAnswer(rowAt(task, image))));
  const taught = images.filter((_, image) => answered.some((column) => column[image]));
  const ofQuestions = new Set(questions.map(({ hash }) => hash));
  return {
    labels: answered.flat().filter(Boolean).length,
    photos: taught.length,
    asked: taught.filter((hash) => ofQuestions.has(hash)).length,
  };
}

function checkOneLabel(tasks: readonly Task[]): void {
  const any = tasks.find(({ labels }) => labels === 'any');
  if (any !== undefined) {
    const why = 'Its photos have any number of labels: leave it out of the tasks';
    throw conflict('teachers', `task ${any.name}`, why);
  }
}

/** A student that learns from such a teacher would be told labels on which it is scored. */
function checkUnseen({ folder, seen }: Teacher, held: ReadonlySet<string>): void {
  const known = [...held].filter((hash) => seen.has(hash)).length;
  if (known > 0) {
    const remedy = `${folder} was trained on ${count(known, 'photo')} that ${known === 1 ? 'validates' : 'validate'} the student: give the student the fold of its teachers, or train it on all photos (trainOn all)`;
    throw expected('teachers that hold back the same photos', 'teachers', folder, remedy);
  }
}
