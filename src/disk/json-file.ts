/** JSON in files: errors that name file, line and column, and a seal that tells changed content. */
import { printParseErrorCode, visit } from 'jsonc-parser';
import { expected } from '../errors.js';
import { sha256 } from './sha256.js';

/** The seal is the last member: the hash of all bytes before its comma. */
const sealKey = 'sha256';
const sealStart = `,"${sealKey}":`;

/** An object as JSON that {@link openSealed} checks. `content` has one member or more. */
export function sealed(content: object): string {
  const body = JSON.stringify(content).slice(0, -1);
  return `${body}${sealStart}"${sha256(body)}"}\n`;
}

/**
 * The object that {@link sealed} made `bytes` of, without the seal. JSON without a seal, which earlier versions and other
 * programs write, is not checked further.
 *
 * @param file names the content in errors
 * @param remedy how to replace a damaged file, as a sentence
 * @throws InvalidInputError when the content is no JSON object or has changed since it was sealed
 */
export function openSealed(bytes: Buffer, file: string, remedy: string): Record<string, unknown> {
  const value = parseJson(bytes.toString(), file, remedy);
  if (!isObject(value)) {
    throw expected('a JSON object', file, value, remedy);
  }
  const { [sealKey]: seal, ...content } = value;
  if (seal !== undefined && seal !== sha256(bytes.subarray(0, bytes.lastIndexOf(sealStart)))) {
    throw expected('the content that Bobbin wrote', file, 'other content', remedy);
  }
  return content;
}

/**
 * The value of a JSON text.
 *
 * @throws InvalidInputError with file, line and column when the text is not JSON
 */
export function parseJson(text: string, file: string, remedy = ''): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw firstFault(text, file, remedy) ?? expected('JSON', file, text, `${cause}`);
  }
}

/** The first place where `text` is not JSON; undefined if nesting is too deep to find it. */
function firstFault(text: string, file: string, remedy: string): Error | undefined {
  let fault: Error | undefined;
  try {
    visit(
      text,
      {
        onError(error, offset, _, line, column) {
          fault ??= jsonError(text, { error, offset }, `${file}:${line + 1}:${column + 1}`, remedy);
        },
      },
      { disallowComments: true },
    );
  } catch {
    return undefined;
  }
  return fault;
}

/** Characters of a line that an error shows on each side of the fault. */
const shownAround = 60;

/** `Expected JSON for PLACE but received LINE. Comma expected`, for a fault that jsonc-parser found. */
export function jsonError(
  text: string,
  { error, offset }: { error: Parameters<typeof printParseErrorCode>[0]; offset: number },
  place: string,
  remedy = '',
): Error {
  const end = text.indexOf('\n', offset);
  const start = Math.max(text.lastIndexOf('\n', offset - 1) + 1, offset - shownAround);
  const line = text.slice(start, Math.min(end < 0 ? text.length : end, offset + shownAround));
  // `CommaExpected` as `Comma expected`.
  const reason = printParseErrorCode(error).replace(
    /\B[A-Z]/g,
    (letter) => ` ${letter.toLowerCase()}`,
  );
  return expected('JSON', place, line.trim(), remedy === '' ? reason : `${reason}. ${remedy}`);
}

/** Whether a JSON value is an object, neither an array nor null. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
