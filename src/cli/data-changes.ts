/** Tells on stderr what changed in a data set since `prepare`. */
import { type ChangeRequest, changesSince } from '../dataset/index.js';

/** Writes a line for each change; see {@link changesSince}, which throws where all photos are gone. */
export async function warnOfChanges(request: ChangeRequest): Promise<void> {
  for (const sentence of await changesSince(request)) {
    process.stderr.write(`! ${sentence}\n`);
  }
}
