/** What a submission looks like, as data: the name of its table, its columns, and how their values are written. */

/** What the cells of a column say about the question of their row. */
export const columnValues = ['image', 'task', 'class', 'probabilities', 'probability'] as const;

/**
 * - `image`: the image, exactly as the question names it. It joins a row to its question.
 * - `task`: the name of the task; a form without it is for one task.
 * - `class`: the name of the most probable class.
 * - `probabilities`: those of all classes in one cell, `;` between them.
 * - `probability`: a column for each class, in the order of the classes, with the name of its class.
 */
export type ColumnValue = (typeof columnValues)[number];

/** A column of a submission: its name and what it holds. */
export interface FormColumn {
  value: ColumnValue;
  /** In the header. Columns of probabilities are named by the classes. */
  name?: string;
}

/** A form of the list, or of a file of the user's, which has no `help` and no `source`. */
export interface SubmissionForm {
  /** File name of the table. */
  table: string;
  /** File name of the archive with the table alone. */
  archive: string;
  separator: ',' | ';' | '\t';
  /** Whether the first line names the columns. */
  header: boolean;
  /** Digits after the point of a probability, 1…16. */
  decimals: number;
  /** One is `image`, and one is the answer: `class`, `probabilities` or `probability`. */
  columns: readonly FormColumn[];
}

export interface ListedForm extends SubmissionForm {
  help: string;
  /** Where it is described. */
  source: string;
}

/** Digits after the point where a form does not say otherwise. */
export const usualDecimals = 8;
