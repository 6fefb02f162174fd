/** Reads a submission, from any source, and compares every row with the questions. */
import { checkArgument, list, record, text } from '../arguments.js';
import {
  type CsvRecord,
  parseCsv,
  type QuestionRow,
  readQuestions,
  type Task,
} from '../dataset/index.js';
import { InvalidInputError } from '../errors.js';
import type { SubmissionForm } from './forms/form.js';
import { forms } from './forms/list.js';
import { usualForm } from './forms/read.js';
import {
  betweenProbabilities,
  type Cell,
  cellsOf,
  checkTasks,
  headerLine,
  probabilityFault,
} from './row.js';
import { openTable } from './table.js';

/** A fault of a submission. */
export interface Problem {
  /** Line of the submission, from 1; undefined for a missing row or a fault of the whole file. */
  line?: number;
  /** Its character in the line, from 1; undefined for a fault of the whole line. */
  column?: number;
  message: string;
}

/** What `verifySubmission` found. */
export interface Verification {
  /** Rows read. */
  rows: number;
  /** The first 50 problems; empty if the submission is valid. */
  problems: Problem[];
  /** Number of further problems. */
  more: number;
}

const shownProblems = 50;

/**
 * Checks a submission, a zip or csv by its content, against the files of questions (one or several, in order) and the tasks'
 * classes. It must have one row for each question, in order, as its form says: FashionAI's is a distribution written with 8
 * decimals. Rows are joined to questions by the image and the task. Memory stays bounded for any file. Every fault of the
 * submission is a problem in the result.
 *
 * @param questionFiles question.csv of FashionAI, or a table of ids, as `prepare` takes it
 * @throws InvalidInputError for a faulty file of questions, a question of an unknown task, or a form without a place for the
 * tasks, and the system's error when a file cannot be read.
 */
export async function verifySubmission(
  submission: string,
  questionFiles: readonly string[],
  tasks: readonly Task[],
  form: SubmissionForm = forms[usualForm],
): Promise<Verification> {
  checkArgument('submission', submission, text('a file'));
  checkArgument('questionFiles', questionFiles, list('an array of files'));
  checkArgument('tasks', tasks, list('an array of tasks'));
  checkArgument('form', form, record('a form, as submissionForms has them,'));
  const classes = new Map(tasks.map((task) => [task.name, task.classes]));
  const questions = await readQuestions(questionFiles, tasks);
  checkTasks(form, questions);
  const check = new Check(questions, classes, form);
  try {
    const limit = mostBytes(questions, classes, form);
    const table = await openTable(submission, { name: form.table, limit });
    try {
      for await (const record of parseCsv(table, form.table, {
        separator: form.separator,
        mostRecordBytes: limit,
      })) {
        check.record(record);
      }
    } finally {
      table.destroy();
    }
  } catch (error) {
    if (isSystemError(error)) {
      throw error;
    }
    // A broken archive or table is a fault of the submission; the rows after it were not read.
    check.report({ message: faultOf(error as Error) });
    return check.result();
  }
  check.end();
  return check.result();
}

/** Checks the rows in file order and remembers the answered questions. */
class Check {
  private readonly positions: ReadonlyMap<string, number>;
  private readonly answered = new Map<number, number>();
  private readonly problems: Problem[] = [];
  private readonly cells = new Map<string, Cell[]>();
  /** The task of rows that do not name it. */
  private readonly onlyTask: string;
  private more = 0;
  private rows = 0;
  private lastLine = 0;
  private lastPosition = -1;

  constructor(
    private readonly questions: readonly QuestionRow[],
    private readonly classes: ReadonlyMap<string, readonly string[]>,
    private readonly form: SubmissionForm,
  ) {
    this.positions = new Map(questions.map(({ path, task }, index) => [keyOf(path, task), index]));
    this.onlyTask = questions[0]?.task ?? '';
  }

  record(record: CsvRecord): void {
    const { line } = record;
    if (line !== this.lastLine + 1) {
      this.report({ line, message: 'expected one row a line, without blank lines' });
    }
    this.lastLine = line;
    if (this.form.header && line === 1) {
      this.header(record);
    } else {
      this.rows++;
      this.row(record);
    }
  }

  /** Reports the questions without a row. Call it after the last row. */
  end(): void {
    for (const [index, { path, task, origin }] of this.questions.entries()) {
      if (this.answered.has(index)) {
        continue;
      }
      this.report({ message: `no row for ${path} of ${task}, which ${origin} asks for` });
    }
  }

  report(problem: Problem): void {
    if (this.problems.length < shownProblems) {
      this.problems.push(problem);
    } else {
      this.more++;
    }
  }

  result(): Verification {
    return { rows: this.rows, problems: this.problems, more: this.more };
  }

  private header(record: CsvRecord): void {
    const cells = this.cellsOf(this.onlyTask);
    const odd = cells.findIndex(({ name }, index) => record.fields[index] !== name);
    if (odd >= 0 || record.fields.length !== cells.length) {
      const wanted = headerLine(this.form, this.classes.get(this.onlyTask) ?? []);
      const message = `expected the header ${wanted} but received ${record.fields.join(this.form.separator)}`;
      this.report({ ...placeOf(record, Math.max(0, odd)), message });
    }
  }

  private row(record: CsvRecord): void {
    const { fields, line } = record;
    const place = placeIn(this.cellsOf(this.onlyTask), 'task');
    const task = place < 0 ? this.onlyTask : (fields[place] ?? '');
    const cells = this.cellsOf(task);
    if (fields.length !== cells.length) {
      const names = cells.map(({ name, value }) => name || value).join(this.form.separator);
      const message = `expected ${cells.length} fields, ${names}, but received ${fields.length} fields`;
      this.report({ line, message });
      return;
    }
    const image = fields[placeIn(cells, 'image')] as string;
    this.markAnswered(image, task, line);
    const names = this.classes.get(task);
    const fault = names && answerFault(record, { cells, classes: names, form: this.form });
    if (fault !== undefined) {
      const { message, ...place } = fault;
      this.report({ ...place, message: `${image} of ${task}: ${message}` });
    }
  }

  private cellsOf(task: string): Cell[] {
    const known = this.cells.get(task) ?? cellsOf(this.form, this.classes.get(task) ?? []);
    if (this.classes.has(task)) {
      this.cells.set(task, known);
    }
    return known;
  }

  private markAnswered(path: string, task: string, line: number): void {
    const position = this.positions.get(keyOf(path, task));
    if (position === undefined) {
      this.report({ line, message: `no question asks for ${path} of ${task}` });
      return;
    }
    const earlier = this.answered.get(position);
    if (earlier !== undefined) {
      this.report({ line, message: `${path} of ${task} has a row on line ${earlier} already` });
      return;
    }
    this.answered.set(position, line);
    if (position < this.lastPosition) {
      const before = this.questions[this.lastPosition] as QuestionRow;
      this.report({
        line,
        message: `${path} of ${task} comes before ${before.path} in the order of the questions`,
      });
    }
    this.lastPosition = Math.max(this.lastPosition, position);
  }
}

/** Among the cells of a row, not the columns of a form, one of which may be a cell for each class. */
const placeIn = (cells: readonly Cell[], wanted: Cell['value']): number =>
  cells.findIndex(({ value }) => value === wanted);

function keyOf(path: string, task: string): string {
  return `${path}\n${task}`;
}

/** Line and column of a field's character. */
const placeOf = (record: CsvRecord, field: number, offset = 0) => ({
  line: record.line,
  column: record.columnAt(field, offset),
});

interface Answer {
  cells: readonly Cell[];
  classes: readonly string[];
  form: SubmissionForm;
}

/** The fault of a row's class or probabilities, with its place. */
function answerFault(
  record: CsvRecord,
  { cells, classes, form: { decimals } }: Answer,
): Problem | undefined {
  const first = cells.findIndex(({ value }) => value !== 'image' && value !== 'task');
  const { value, label } = cells[first] as Cell;
  const text = record.fields[first] as string;
  if (value === 'class') {
    const message = `expected one of ${classes.join(', ')} but received ${JSON.stringify(text)}`;
    return classes.includes(text) ? undefined : { ...placeOf(record, first), message };
  }
  const texts =
    label === undefined
      ? text.split(betweenProbabilities)
      : record.fields.slice(first, first + classes.length);
  const odd = texts.findIndex((each) => !isNumber(each, decimals));
  if (odd >= 0 && texts.length === classes.length) {
    const before = texts.slice(0, odd).reduce((sum, each) => sum + each.length + 1, 0);
    const place =
      label === undefined ? placeOf(record, first, before) : placeOf(record, first + odd);
    const message = `expected a number from 0 to 1 with ${decimals} decimals for class ${odd} (${classes[odd]}) but received ${JSON.stringify(texts[odd])}`;
    return { ...place, message };
  }
  const message = probabilityFault(texts.map(Number), classes.length, decimals);
  return message === undefined ? undefined : { ...placeOf(record, first), message };
}

const isNumber = (text: string, decimals: number): boolean =>
  /^[01]\.\d+$/.test(text) && text.length === decimals + 2;

/** Twice the size of a valid table and more: a larger file is hostile and is not read further. */
function mostBytes(
  questions: readonly QuestionRow[],
  classes: ReadonlyMap<string, readonly string[]>,
  { decimals }: SubmissionForm,
): number {
  const names = [...classes.values()].flat();
  // Most Chinese characters have three bytes.
  const size = (text: string) => Buffer.byteLength(text);
  const longest = names.reduce((most, name) => Math.max(most, size(name)), 0);
  const rows = questions.reduce((sum, { path, task }) => {
    const answer = (classes.get(task)?.length ?? 0) * (decimals + 3) + longest;
    return sum + 2 * size(path) + size(task) + answer + 8;
  }, 0);
  const header = names.reduce((sum, name) => sum + size(name) + 3, 0);
  return 2 * (rows + header) + 4096;
}

/** The libraries that read archives say where their bytes fail, not what that means. */
const faultOf = (error: Error): string =>
  error instanceof InvalidInputError
    ? error.message
    : `the archive is damaged (${error.message}): make it again with the same submit command`;

function isSystemError(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined;
}
