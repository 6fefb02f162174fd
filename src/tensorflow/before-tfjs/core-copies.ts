/**
 * One sentence when the process loads a second copy of tfjs-core, in place of tfjs's thousand. All copies share an engine and
 * the tables of kernels, where each replaces what the one before it registered, and prints a line for each.
 */
import { createRequire } from 'node:module';

/** The first line of a further copy. */
const platformLine = /^Platform \S+ has already been set\. /;
/** Its other lines. */
const registryLine =
  /^(\S+ backend was already registered\.|The kernel '\S+' for backend '\S+' is already registered)/;

const warn = console.warn;
let hasCopies = false;

console.warn = (...values: unknown[]) => {
  const text = String(values[0]);
  if (platformLine.test(text)) {
    hasCopies = true;
    warn.call(console, copiesSentence());
  } else if (!(hasCopies && registryLine.test(text))) {
    warn.apply(console, values);
  }
};

/** Names the copies by their calls: the first one has the function that warns, and the one that is being loaded calls it. */
function copiesSentence(): string {
  const [, first, second] = new Set(callingFiles().map(copyOf));
  return `Bobbin: Expected one copy of tfjs-core but received two, ${first} and ${second}; they compute together, but each replaces kernels of the other. In package.json, ask for "@tensorflow/tfjs": "4.22.0" in "dependencies" and in "overrides" (pnpm: "pnpm.overrides", yarn: "resolutions"), and install again.`;
}

/** The files of the functions that are being called, this one's first. A stack as text may have names from source maps. */
function callingFiles(): string[] {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = (_, calls) => calls.map((call) => call.getFileName() ?? '');
  const files = new Error().stack as unknown as string[];
  Error.prepareStackTrace = prepareStackTrace;
  return files;
}

/** The version and folder of the copy that a file belongs to, or else the file, into which a copy was bundled. */
function copyOf(file: string): string {
  const [folder] = /^.*[\\/]tfjs-core(?=[\\/])/.exec(file) ?? [];
  if (folder === undefined) {
    return file;
  }
  const { version } = createRequire(file)(`${folder}/package.json`);
  return `${version} in ${folder}`;
}
