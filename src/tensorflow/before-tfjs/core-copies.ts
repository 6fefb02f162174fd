/**
 * One sentence when the process loads a further copy of tfjs-core, in place of tfjs's thousand lines. All copies share an engine
 * and the tables of kernels, where each replaces what the one before it registered, and prints a line for each.
 */
import { readFileSync } from 'node:fs';

/** The first line of a further copy, and of a program that sets a platform of its own. */
const platformLine = /^Platform \S+ has already been set\. /;
/** Lines about backends and kernels that a copy, or a program, registers again. */
const registryLine =
  /^(\S+ backend was already registered\.|The kernel '\S+' for backend '\S+' is already registered)/;

/** A package of tfjs, or Node itself, which loads a bundle. */
const loader = /[\\/]@tensorflow[\\/]|^node:/;

const warn = console.warn;
/** The copies that a sentence has named. */
const named = new Set<string>();

console.warn = (...values: unknown[]) => {
  const [text] = values;
  if (typeof text === 'string' && platformLine.test(text)) {
    // The first copy has the function that warns, and the one that is being loaded calls it.
    const [first, second] = new Set(callingFiles().flatMap((file) => copyWith(file) ?? []));
    if (first !== undefined && second !== undefined) {
      named.add(first).add(second);
      warn.call(console, sentence(first, second));
      return;
    }
  } else if (typeof text === 'string' && registryLine.test(text) && isByCopy()) {
    return;
  }
  warn.apply(console, values);
};

const sentence = (first: string, second: string) =>
  `Bobbin: Expected one copy of tfjs-core but received two, ${described(first)} and ${described(second)}; they compute together, but each replaces kernels of the other. Ask for "@tensorflow/tfjs": "4.22.0" in the dependencies of package.json and in its "overrides" (yarn: "resolutions"; pnpm: "overrides" of pnpm-workspace.yaml), and install again.`;

/** Whether a named copy registers something while it is loaded. What the program itself registers keeps its line. */
function isByCopy(): boolean {
  if (named.size === 0) {
    return false;
  }
  const isOfCopy = (file: string) => named.has(folderOfCore(file) ?? file);
  const caller = callingFiles().find((file) => !isOfCopy(file));
  return caller !== undefined && loader.test(caller);
}

/** The files of the functions that are being called, without this one. A stack as text may have names from source maps. */
function callingFiles(): string[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.prepareStackTrace = (_, calls) => calls.flatMap((call) => call.getFileName() ?? []);
  Error.stackTraceLimit = 20;
  const files = new Error().stack as unknown as string[];
  Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  return files.filter((file) => file !== files[0]);
}

/** The copy of tfjs-core that a file belongs to: its folder, or the file itself if tfjs-core was bundled into it. */
function copyWith(file: string): string | undefined {
  const isBundle = () => read(file)?.includes('Overwriting the platform with');
  return folderOfCore(file) ?? (isBundle() ? file : undefined);
}

/** The folder of tfjs-core in the path or address of one of its files. */
const folderOfCore = (file: string) => /^.*[\\/]tfjs-core(?=[\\/])/.exec(file)?.[0];

function described(copy: string): string {
  const manifest = read(`${copy}/package.json`);
  return manifest === undefined ? copy : `${JSON.parse(manifest).version} in ${copy}`;
}

/** The text of a file; undefined if it cannot be read, as with the names that bundlers invent. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file.startsWith('file:') ? new URL(file) : file, 'utf8');
  } catch {
    return undefined;
  }
}
