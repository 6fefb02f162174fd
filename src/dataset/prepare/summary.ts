/** The result of `prepare` in numbers and sentences, for a person to check before training. */

import { count } from '../../plural.js';
import { imageName } from '../image-file.js';
import { labelText } from '../label-text.js';
import type { LayoutName } from '../layouts/index.js';
import { type Damage, damagedFile } from './damaged.js';
import { type Conflict, type Deduplicated, isSameLabel, type Pair } from './duplicates.js';
import type { TaskSummary } from './task-summary.js';

/** The most sentences of one kind; more are only counted. */
const mostSentences = 5;

export interface Summary extends Omit<Deduplicated, 'images'>, Damage {
  layout: LayoutName;
  /** The manifest that was written. */
  file: string;
  tasks: TaskSummary[];
  /** Labelled images of which a part is looked at. */
  boxed: number;
  /** Questions whose image is also a labelled one. */
  questionsInTraining: number;
  firstQuestionInTraining?: Pair;
  /** Paths of the questions whose images cannot be read; the submission needs rows for them, too. */
  unreadableQuestions: string[];
  /** Full sentences about classes that a network may not learn, since they have few images, or others have many more. */
  balance: string[];
  /** Full sentences about the rest of the above, and those of the layout's reader. */
  warnings: string[];
}

/** The warnings that follow from a summary's numbers, after those of the reader. */
export function warningsOf(
  summary: Omit<Summary, 'warnings'>,
  fromReader: readonly string[],
): string[] {
  return [
    ...fromReader,
    ...repeatWarnings(summary),
    ...conflictWarnings(summary),
    ...damageWarnings(summary),
    ...questionWarnings(summary),
    ...summary.tasks.flatMap((task) => classWarnings(task, summary.layout)),
  ];
}

function repeatWarnings(summary: Omit<Summary, 'warnings'>): string[] {
  const { repeats, leaks, otherMarks, firstRepeat, firstLeak, firstOtherMarks } = summary;
  return [
    ...counted(repeats, firstRepeat, [
      'row repeats an image under another name, which counts once',
      'rows repeat an image under another name; each counts once',
    ]),
    ...counted(leaks, firstLeak, [
      'training image is a validation image too and counts for validation only',
      'training images are validation images too; they count for validation only',
    ]),
    ...counted(otherMarks, firstOtherMarks, [
      'row repeats an image with other maybe marks, which do not count',
      'rows repeat an image with other maybe marks, which do not count',
    ]),
  ];
}

function conflictWarnings({ conflicts, tasks }: Omit<Summary, 'warnings'>): string[] {
  const sentences = conflicts.map(({ task, rows }) => {
    const classes = tasks.find(({ name }) => name === task)?.classes.map(({ name }) => name);
    // At least two, of which not all have the same label.
    const [first] = rows as [Conflict['rows'][number]];
    const other = rows.find((row) => !isSameLabel(row, first)) as typeof first;
    const labels = [first, other].map((row) => `${row.origin} says ${labelText(row, classes)}`);
    return `The same image of ${task} has contradictory labels and is left out: ${labels.join(', ')}.`;
  });
  return capped(sentences, [
    'image has contradictory labels and is left out',
    'images have contradictory labels and are left out',
  ]);
}

function questionWarnings(summary: Omit<Summary, 'warnings'>): string[] {
  const { questionsInTraining, firstQuestionInTraining, unreadableQuestions } = summary;
  const unreadable = count(
    unreadableQuestions.length,
    'question image cannot be read:',
    'question images cannot be read, the first is',
  );
  return [
    ...counted(questionsInTraining, firstQuestionInTraining, [
      'question shows an image that is also a labelled one',
      'questions show an image that is also a labelled one',
    ]),
    ...(unreadableQuestions.length > 0 ? [`${unreadable} ${unreadableQuestions[0]}.`] : []),
  ];
}

function damageWarnings({ damaged, damagedQuestions }: Damage): string[] {
  const labelled = damaged.map(
    (image) => `${imageName(image)} is damaged and is left out: ${image.reason}.`,
  );
  const asked = damagedQuestions.map(
    (image) => `${imageName(image)} is damaged and its questions stay: ${image.reason}.`,
  );
  const listed = `${damagedFile} lists all`;
  return [
    ...capped(labelled, [
      `image is damaged and is left out; ${listed}`,
      `images are damaged and are left out; ${listed}`,
    ]),
    ...capped(asked, [
      `image is damaged and its questions stay; ${listed}`,
      `images are damaged and their questions stay; ${listed}`,
    ]),
  ];
}

/** What there is one of, and what there are several of. */
type OneOrMany = readonly [one: string, many: string];

/** A sentence about `number` things, or none; `first` is where the first one is. */
function counted(number: number, first: Pair | undefined, [one, many]: OneOrMany): string[] {
  const which = number === 1 ? 'it is' : 'the first is';
  const place = first ? `; ${which} ${first.left}, as at ${first.kept}` : '';
  return number === 0 ? [] : [`${count(number, one, many)}${place}.`];
}

function classWarnings(
  { name: task, classes, validation: held }: TaskSummary,
  layout: LayoutName,
): string[] {
  // A competition gives the images and the classes.
  const onEmpty =
    layout === 'FashionAI' ? 'its column stays in the answers' : 'add some, or remove the class';
  const empty = classes.filter(({ train, validation }) => train + validation === 0);
  const unlearnt = classes.filter(({ train, validation }) => train === 0 && validation > 0);
  const unseen =
    held === 0 ? [] : classes.filter((each) => each.train > 0 && each.validation === 0);
  const sentences = (list: TaskSummary['classes'], kind: string, remedy: string) =>
    capped(
      list.map(({ name }) => `${task} has no ${kind}image of class ${name}: ${remedy}.`),
      [`class of ${task} has no ${kind}image`, `classes of ${task} have no ${kind}image`],
    );
  return [
    ...sentences(empty, '', onEmpty),
    ...sentences(unlearnt, 'training ', 'add some, since the network cannot learn it'),
    ...sentences(unseen, 'validation ', 'add some, since nothing measures it'),
  ];
}

/** The first few sentences, and how many more there are of `what`. */
function capped(sentences: readonly string[], [one, many]: OneOrMany): string[] {
  const more = sentences.length - mostSentences;
  const rest = more > 0 ? [`${count(more, `more ${one}`, `more ${many}`)}.`] : [];
  return [...sentences.slice(0, mostSentences), ...rest];
}
