/** Tells what changed in a data set since `prepare`. */
import { type ChangeRequest, changesSince } from '../dataset/index.js';

/** Prints a line for each change, by default on stderr; see {@link changesSince}, which throws where all photos are gone. */
export async function warnOfChanges(
  request: ChangeRequest,
  print = (line: string): void => void process.stderr.write(`${line}\n`),
): Promise<void> {
  for (const sentence of await changesSince(request)) {
    print(`! ${sentence}`);
  }
}
