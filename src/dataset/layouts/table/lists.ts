/** Lists of labels in one field: text with a sign between the labels, or an array of JSON. */
import { expected, InvalidInputError } from '../../../errors.js';
import type { PlacedLabel } from '../class-names.js';
import { labelFrom, labelFromText } from '../label.js';
import type { TableRecord } from './records.js';

/** What may be between the labels of a field: of these, the first that some field of the column has. */
const separators = ['|', ';', ','];

/** In text, an image whose labels are not known, as in data of Weka and of UCI; an empty field is a list without labels. */
const unknown = '?';

/** The field of a list as it is, text or an array, and where it is; undefined where the labels are not known. */
export interface ListField {
  value: string | readonly unknown[];
  place: string;
}

/** @throws InvalidInputError where the field is neither text of CSV nor an array of JSON */
export function listField(
  { fields, isText, at }: TableRecord,
  column: number,
): ListField | undefined {
  const field = fields[column] ?? unknown;
  const value = typeof field === 'string' ? field.trim() : field;
  if (value === unknown) {
    return undefined;
  }
  if (isText ? typeof value !== 'string' : !Array.isArray(value)) {
    throw expected('an array of labels', at(column), field, 'Or null, where they are not known');
  }
  return { value: value as ListField['value'], place: at(column) };
}

/**
 * The labels in each of the lists of a column.
 *
 * @throws InvalidInputError with the place of a list that has something else
 */
export function labelsOfLists(lists: readonly ListField[]): PlacedLabel[][] {
  const texts = lists.map(({ value }) => value).filter((value) => typeof value === 'string');
  const separator = separators.find((sign) => texts.some((text) => text.includes(sign)));
  return lists.map(({ value, place }) => {
    const parts = typeof value === 'string' ? partsOf(value, separator) : value;
    const from = typeof value === 'string' ? labelFromText : labelFrom;
    return parts.map((part) => ({ label: labelOf(part, from, place), place }));
  });
}

const partsOf = (text: string, separator: string | undefined): string[] =>
  (separator === undefined ? [text] : text.split(separator))
    .map((part) => part.trim())
    .filter((part) => part !== '');

function labelOf(part: unknown, from: typeof labelFrom, place: string): PlacedLabel['label'] {
  try {
    const label = from(typeof part === 'string' ? part.trim() || undefined : part);
    if (label !== undefined) {
      return label;
    }
  } catch (cause) {
    throw new InvalidInputError(`${place} ${(cause as Error).message}`, { cause });
  }
  throw expected('class names or numbers in the list', place, part);
}
