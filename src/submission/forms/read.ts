/** Finds a form by its name, or reads it from a file of the user's. */
import { readCsv } from '../../dataset/index.js';
import { parseJson, readText } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { checkKeys, nearest } from '../../near-miss.js';
import { isPath } from '../../options.js';
import {
  type ColumnValue,
  columnValues,
  type FormColumn,
  type SubmissionForm,
  usualDecimals,
} from './form.js';
import { type FormName, forms } from './list.js';

export const usualForm: FormName = 'fashionai';

/** Beyond these, a number has no more digits. */
const mostDecimals = 16;

const separators = [',', ';', '\t'] as const;
const answers: readonly ColumnValue[] = ['class', 'probabilities', 'probability'];

/**
 * The form that is called `name`, or that in the JSON file at the path `name`, which has a slash: an object as
 * {@link SubmissionForm}, of which only `columns` is due.
 *
 * @param sample the table of ids that asks: a form with a header that is called `name` has the names of its columns
 * @throws InvalidInputError for a name of no form, a file that cannot be read, and whatever in it does not fit, by its key
 */
export async function readForm(name: string, sample?: string): Promise<SubmissionForm> {
  if (!isPath(name)) {
    if (!Object.hasOwn(forms, name)) {
      const names = Object.keys(forms);
      const meant = nearest(name, names);
      const remedy = meant === undefined ? '' : `Did you mean ${meant}?`;
      throw expected(`one of ${names.join(', ')}, or the path of a file`, 'form', name, remedy);
    }
    return await namedAs(forms[name as FormName], sample);
  }
  const text = await readText(name).catch((error: NodeJS.ErrnoException) => {
    throw expected('a file that can be read', 'form', name, error.message);
  });
  return checkedForm(parseJson(text, name), name);
}

/** The form with the names of columns in the first line of `sample`, which may be a sample submission, or have ids alone. */
async function namedAs(form: SubmissionForm, sample: string | undefined): Promise<SubmissionForm> {
  const names = form.header && sample !== undefined ? await firstLineOf(sample) : [];
  const [id, answer, ...others] = names;
  // FashionAI's table of questions has no line of names.
  if (!id || others.includes('?')) {
    return form;
  }
  const isSample = answer !== undefined && others.length === 0;
  const columns = form.columns.map((column): FormColumn => {
    const name = column.value === 'image' ? id : isSample ? answer : undefined;
    return column.name === undefined || name === undefined ? column : { ...column, name };
  });
  return { ...form, columns };
}

async function firstLineOf(file: string): Promise<string[]> {
  for await (const { fields } of readCsv(file)) {
    return fields;
  }
  return [];
}

function checkedForm(given: unknown, file: string): SubmissionForm {
  checkKeys(file, given, ['table', 'archive', 'separator', 'header', 'decimals', 'columns']);
  const {
    table = 'submission.csv',
    archive = 'submission.zip',
    separator = ',',
    header = true,
    decimals = usualDecimals,
    columns,
  } = given as Partial<Record<keyof SubmissionForm, unknown>>;
  const check = (key: string, value: unknown, fits: boolean, what: string) => {
    if (!fits) {
      throw expected(what, `${key} in ${file}`, value);
    }
  };
  check('table', table, isFileName(table), 'the name of a file');
  check(
    'archive',
    archive,
    isFileName(archive) && archive !== table,
    'the name of a file that is not the table',
  );
  check(
    'separator',
    separator,
    separators.includes(separator as ','),
    'a comma, a semicolon or a tab',
  );
  check('header', header, typeof header === 'boolean', 'true or false');
  const isWhole = Number.isInteger(decimals);
  const inRange = isWhole && Number(decimals) >= 1 && Number(decimals) <= mostDecimals;
  check('decimals', decimals, inRange, `an integer from 1 to ${mostDecimals}`);
  return {
    table: table as string,
    archive: archive as string,
    separator: separator as ',',
    header: header as boolean,
    decimals: decimals as number,
    columns: checkedColumns(columns, { file, header: header as boolean }),
  };
}

/** In letters that all archives write alike. */
const isFileName = (value: unknown): value is string =>
  typeof value === 'string' && /^\w[\w .-]*$/.test(value);

function checkedColumns(
  given: unknown,
  { file, header }: { file: string; header: boolean },
): FormColumn[] {
  if (!Array.isArray(given)) {
    throw expected('a list of columns', `columns in ${file}`, given);
  }
  const columns = given.map((column, index): FormColumn => {
    const owner = `columns[${index}] in ${file}`;
    checkKeys(owner, column, ['value', 'name']);
    const { value, name } = column as { value: unknown; name: unknown };
    if (!columnValues.includes(value as ColumnValue)) {
      throw expected(`one of ${columnValues.join(', ')}`, `value of ${owner}`, value);
    }
    const isNamed = header && value !== 'probability';
    if (isNamed ? typeof name !== 'string' || name === '' : name !== undefined) {
      const what = isNamed
        ? 'the name of the column'
        : 'no name, since there is no header or the classes name the columns,';
      throw expected(what, `name of ${owner}`, name);
    }
    return column as unknown as FormColumn;
  });
  checkOnce(columns, file);
  for (const [what, wanted] of [
    ['one column image', ['image']],
    [`one column of ${answers.join(', ')}`, answers],
  ] as const) {
    const found = columns.filter(({ value }) => wanted.includes(value as never));
    if (found.length !== 1) {
      throw expected(
        what,
        `columns in ${file}`,
        columns.map(({ value }) => value),
      );
    }
  }
  return columns;
}

/** Refuses what could be read in two ways: a second column of the task, and a second column of one name. */
function checkOnce(columns: readonly FormColumn[], file: string): void {
  for (const [index, { value, name }] of columns.entries()) {
    const earlier = columns.slice(0, index);
    if (value === 'task' && earlier.some((other) => other.value === value)) {
      throw expected('one column task', `value of columns[${index}] in ${file}`, value);
    }
    if (name !== undefined && earlier.some((other) => other.name === name)) {
      throw expected(
        'a name that no other column has',
        `name of columns[${index}] in ${file}`,
        name,
      );
    }
  }
}
