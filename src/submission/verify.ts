/** Reads a submission, from any source, and compares every row with question.csv. */
import { checkArgument, list, text } from '../arguments.js';
import {
  type CsvRecord,
  parseCsv,
  type QuestionRow,
  readQuestions,
  type Task,
} from '../dataset/index.js';
import { expected, InvalidInputError } from '../errors.js';
import { decimals, probabilityFault, tableName } from './row.js';
import { openTable } from './table.js';

/** A fault of a submission. */
export interface Problem {
  /** Line of the submission, from 1; undefined for a missing row or a fault of the whole file. */
  line?: number;
  message: string;
}

export interface Verification {
  /** Rows read. */
  rows: number;
  /** The first 50 problems; empty if the submission is valid. */
  problems: Problem[];
  /** Number of further problems. */
  more: number;
}

const shownProblems = 50;
const numberForm = new RegExp(`^[01]\\.\\d{${decimals}}$`);

/**
 * Checks a submission, a zip or csv by its content, against question.csv (one file or several, in order) and the tasks'
 * classes. It must have one row for each question, in order, each a distribution written with 8 decimals. Memory stays
 * bounded for any file. Every fault of the submission is a problem in the result.
 *
 * @throws InvalidInputError for a faulty question.csv or a question of an unknown task, and the system's error when a
 * file cannot be read.
 */
export async function verifySubmission(
  submission: string,
  questionFiles: readonly string[],
  tasks: readonly Task[],
): Promise<Verification> {
  checkArgument('submission', submission, text('a file'));
  checkArgument('questionFiles', questionFiles, list('an array of files'));
  checkArgument('tasks', tasks, list('an array of tasks'));
  const classes = new Map(tasks.map((task) => [task.name, task.classes]));
  const questions = await readQuestions(questionFiles);
  for (const { task, origin } of questions) {
    if (!classes.has(task)) {
      throw expected('a known task', origin, task);
    }
  }
  const check = new Check(questions, classes);
  try {
    const table = await openTable(submission, mostBytes(questions, classes));
    try {
      for await (const record of parseCsv(table, tableName)) {
        check.row(record);
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
  private readonly questions: readonly QuestionRow[];
  private readonly classes: ReadonlyMap<string, readonly string[]>;
  private readonly positions: ReadonlyMap<string, number>;
  private readonly answered = new Map<number, number>();
  private readonly problems: Problem[] = [];
  private more = 0;
  private rows = 0;
  private lastLine = 0;
  private lastPosition = -1;

  constructor(questions: readonly QuestionRow[], classes: ReadonlyMap<string, readonly string[]>) {
    this.questions = questions;
    this.classes = classes;
    this.positions = new Map(questions.map(({ path, task }, index) => [keyOf(path, task), index]));
  }

  row({ fields, line }: CsvRecord): void {
    this.rows++;
    if (line !== this.lastLine + 1) {
      this.report({ line, message: 'expected one row a line, without blank lines' });
    }
    this.lastLine = line;
    const [path, task, values] = fields;
    if (path === undefined || task === undefined || values === undefined || fields.length !== 3) {
      this.report({
        line,
        message: `expected path,task,probabilities but received ${fields.length} fields`,
      });
      return;
    }
    this.markAnswered(path, task, line);
    const names = this.classes.get(task);
    const fault = names && valuesFault(values, names);
    if (fault !== undefined) {
      this.report({ line, message: `${path} of ${task}: ${fault}` });
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

  private markAnswered(path: string, task: string, line: number): void {
    const position = this.positions.get(keyOf(path, task));
    if (position === undefined) {
      this.report({ line, message: `question.csv does not ask for ${path} of ${task}` });
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
        message: `${path} of ${task} comes before ${before.path} in question.csv`,
      });
    }
    this.lastPosition = Math.max(this.lastPosition, position);
  }
}

function keyOf(path: string, task: string): string {
  return `${path}\n${task}`;
}

function valuesFault(values: string, classes: readonly string[]): string | undefined {
  const texts = values.split(';');
  const odd = texts.findIndex((text) => !numberForm.test(text));
  if (odd >= 0 && texts.length === classes.length) {
    return `expected a number from 0 to 1 with ${decimals} decimals for class ${odd} (${classes[odd]}) but received ${JSON.stringify(texts[odd])}`;
  }
  return probabilityFault(texts.map(Number), classes.length);
}

/** Twice the size of a valid table and more: a larger file is hostile and is not read further. */
function mostBytes(
  questions: readonly QuestionRow[],
  classes: ReadonlyMap<string, readonly string[]>,
): number {
  const rows = questions.reduce((sum, { path, task }) => {
    return (
      sum + 2 * path.length + task.length + (classes.get(task)?.length ?? 0) * (decimals + 3) + 8
    );
  }, 0);
  return 2 * rows + 4096;
}

/** The libraries that read archives say where their bytes fail, not what that means. */
const faultOf = (error: Error): string =>
  error instanceof InvalidInputError
    ? error.message
    : `the archive is damaged (${error.message}): make it again with the same submit command`;

function isSystemError(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined;
}
