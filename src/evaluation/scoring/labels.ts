/** Labels for predictions, from a table or a data set: they are joined by path and task, never by their order. */
import { type Manifest, readCsv, taskOf } from '../../dataset/index.js';
import { expected, givenTwice, missing } from '../../errors.js';
import {
  classesNamed,
  classNamed,
  imageKey,
  type PredictedImage,
  type ReadImage,
  type TaskPredictions,
} from '../read-predictions.js';

/** What an image shows. */
type Truth = Pick<PredictedImage, 'label' | 'labels' | 'maybe'>;

/** The labels of a task by {@link imageKey}. */
type TaskLabels = Map<string, Truth>;

/** Where new labels come from, in words for errors. */
interface Labels {
  source: string;
  of(task: TaskPredictions): TaskLabels;
}

/**
 * The predictions with the labels of `labels` in the place of their own; where it has none for an image, the image keeps its own.
 *
 * @throws InvalidInputError for an image that has neither, and where no image of a task has a label in `labels`
 */
export function withLabels(task: TaskPredictions, labels: Labels | undefined): TaskPredictions {
  const found = labels?.of(task);
  let joined = 0;
  const images = task.images.map((image): ReadImage => {
    const truth = found?.get(imageKey(image));
    joined += truth === undefined ? 0 : 1;
    const labelled = { ...image, ...truth };
    if (task.labels === 'one' && labelled.label < 0) {
      const remedy = 'Name a file that has it by --labels (in a program, `labels`)';
      throw missing(`a label for ${image.path} of task ${task.task}`, image.place, remedy);
    }
    return labelled;
  });
  if (labels !== undefined && joined === 0) {
    const remedy = 'Paths and tasks must be written as in the predictions';
    const wanted = `the path of an image that task ${task.task} predicted`;
    throw expected(wanted, labels.source, found?.keys().next().value?.trim(), remedy);
  }
  return { ...task, images };
}

/** The labels of a data set. */
export const labelsOfManifest = (manifest: Manifest): Labels => ({
  source: manifest.root,
  of: ({ task: name, classes }) => {
    const task = taskOf(manifest, name);
    if (task.classes.join('\n') !== classes.join('\n')) {
      const wanted = `the classes ${task.classes.join(', ')}`;
      throw expected(wanted, `the predictions of task ${name}`, classes);
    }
    const labels: TaskLabels = new Map();
    for (const { path, range, task: own, label, labels: several, maybe } of manifest.samples) {
      if (own === name) {
        const truth = { label, maybe, ...(several && { labels: several }) };
        labels.set(imageKey({ path, ...(range && { offset: range.offset }) }), truth);
      }
    }
    return labels;
  },
});

/** A line of a table of labels. */
interface LabelLine {
  path: string;
  offset: string;
  /** Empty where the table has no such column. */
  task: string;
  /** The name of a class, or several with `|` between them. */
  label: string;
  maybe: string;
  at(column: keyof Omit<LabelLine, 'at' | 'marks'>): string;
  /** FashionAI's `nnynn` in the place of names. */
  marks?: string;
}

/**
 * The labels in a table: CSV with a header that names the columns `path`, `task` and `label` (or `labels`), and if need be `offset` and
 * `maybe`, in any order and among others, so that a table of predictions is one, too; or FashionAI's `path,task,nnynn` without header.
 *
 * @throws InvalidInputError with file, line and column for a table of another kind, an image of a task that comes twice, and later for
 *   a label that the predictions have no class for
 */
export async function readLabels(file: string): Promise<Labels> {
  const lines = await linesOf(file);
  return {
    source: file,
    of: (task) => {
      const labels: TaskLabels = new Map();
      for (const line of lines) {
        if (line.task !== task.task && line.task !== '') {
          continue;
        }
        const { path, offset } = line;
        const key = imageKey({ path, ...(offset !== '' && { offset: Number(offset) }) });
        if (labels.has(key)) {
          throw givenTwice(`${line.at('path')}: ${path} of task ${task.task}`);
        }
        labels.set(key, truthOf(line, task));
      }
      return labels;
    },
  };
}

const columnNames = ['path', 'offset', 'task', 'label', 'maybe'] as const;

async function linesOf(file: string): Promise<LabelLine[]> {
  const lines: LabelLine[] = [];
  let places: Map<string, number> | undefined;
  for await (const { fields, at } of readCsv(file)) {
    if (places === undefined) {
      places = placesIn(fields, at);
      if (places.size > 0) {
        continue;
      }
    }
    lines.push(places.size > 0 ? namedLine(fields, places, at) : markedLine(fields, at));
  }
  if (lines.length === 0) {
    throw missing('labels', file);
  }
  return lines;
}

/** The places of the columns by name; none without a header. */
function placesIn(fields: readonly string[], at: (field: number) => string): Map<string, number> {
  if (!fields.includes('path')) {
    if (fields.length === 3 && isMarks(fields[2] as string)) {
      return new Map();
    }
    const wanted = 'a header with the columns path, task and label, or lines path,task,nnynn';
    throw expected(wanted, at(0), fields.join());
  }
  const places = new Map(
    fields.map((name, index) => [name === 'labels' ? 'label' : name, index] as const),
  );
  if (!places.has('label')) {
    throw expected('a column label', at(0), fields.join());
  }
  return places;
}

const isMarks = (text: string): boolean => /^[ymn]+$/.test(text);

function namedLine(
  fields: readonly string[],
  places: ReadonlyMap<string, number>,
  at: (field: number) => string,
): LabelLine {
  const [path = '', offset = '', task = '', label = '', maybe = ''] = columnNames.map(
    (name) => fields[places.get(name) ?? -1] ?? '',
  );
  const place = (column: string) => at(places.get(column) ?? 0);
  if (path === '') {
    throw missing('a path', place('path'));
  }
  if (offset !== '' && !/^\d+$/.test(offset)) {
    throw expected('a whole number from 0', place('offset'), offset);
  }
  return { path, offset, task, label, maybe, at: place };
}

function markedLine(fields: readonly string[], at: (field: number) => string): LabelLine {
  const [path = '', task = '', marks = ''] = fields;
  if (fields.length !== 3 || !isMarks(marks) || marks.indexOf('y') !== marks.lastIndexOf('y')) {
    throw expected('path,task,nnynn with one y', at(0), fields.join());
  }
  return { path, offset: '', task, label: '', maybe: '', at: () => at(2), marks };
}

function truthOf(line: LabelLine, { classes, labels }: TaskPredictions): Truth {
  const { marks, label, maybe } = line;
  if (labels === 'any') {
    return { label: -1, labels: classesNamed(label, classes, () => line.at('label')), maybe: [] };
  }
  if (marks === undefined) {
    return {
      label: classNamed(label, classes, line.at('label')),
      maybe: classesNamed(maybe, classes, () => line.at('maybe')),
    };
  }
  if (marks.length !== classes.length || !marks.includes('y')) {
    throw expected(`${classes.length} letters with one y`, line.at('label'), marks);
  }
  return {
    label: marks.indexOf('y'),
    maybe: [...marks].flatMap((mark, index) => (mark === 'm' ? [index] : [])),
  };
}
