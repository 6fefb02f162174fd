/** Where the user's own code called, for errors that name the line at fault. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Bobbin's own code: `src` or `dist`. */
const own = `${path.dirname(path.dirname(fileURLToPath(import.meta.url)))}${path.sep}`;

/** tfjs's source maps name files that its packages do not hold. */
const dependency = /\/node_modules\/|\/tfjs-[a-z-]+\/src\//;

/** ` (at FILE:LINE:COLUMN)` of the innermost frame outside Bobbin, its dependencies and Node; else empty. */
export function userLine(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  for (const line of stack.split('\n').slice(1)) {
    const place = /\(?([^\s(]+:\d+:\d+)\)?$/.exec(line)?.[1]?.replace(/^file:\/\//, '');
    if (place === undefined || place.startsWith('node:') || place.startsWith(own)) {
      continue;
    }
    if (dependency.test(place)) {
      continue;
    }
    return ` (at ${place})`;
  }
  return '';
}
