/** Tells what changed in a data set since `prepare`. */
import { type ChangeRequest, changesSince } from '../dataset/index.js';
import { print } from '../width.js';

/** Prints a line for each change, by default on stderr; see {@link changesSince}, which throws where all photos are gone. */
export async function warnOfChanges(
  request: ChangeRequest,
  show = (line: string): void => print(line, process.stderr),
): Promise<void> {
  for (const sentence of await changesSince(request)) {
    show(`! ${sentence}`);
  }
}
