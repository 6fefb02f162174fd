/** Finds the user's line in the stack, for errors that name it. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const code = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Bobbin's own code: where it runs, and where source maps say that `dist` is from. */
const own = [code, path.join(path.dirname(code), 'src')].map((folder) => `${folder}${path.sep}`);

/** Dependencies, also under the names in tfjs's source maps, whose files its packages do not contain. */
const dependency = /\/node_modules\/|\/tfjs-[a-z-]+\/src\//;

/** ` (at FILE:LINE:COLUMN)` of the innermost frame outside of Bobbin, its dependencies and Node; empty without such a frame. */
export function userLine(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  for (const line of stack.split('\n').slice(1)) {
    const place = /\(?([^\s(]+:\d+:\d+)\)?$/.exec(line)?.[1]?.replace(/^file:\/\//, '');
    if (place === undefined || [...own, 'node:'].some((start) => place.startsWith(start))) {
      continue;
    }
    if (dependency.test(place)) {
      continue;
    }
    return ` (at ${place})`;
  }
  return '';
}
