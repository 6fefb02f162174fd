/** Lists each part with its version and source, or with its fault and what to do. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { addonFile } from './addon-place.mjs';
import { inspectDevice } from './cuda-device.mjs';
import { cudaLibraryFile } from './cuda-library.mjs';
import { without } from './finding.mjs';
import { parts } from './parts.mjs';
import { packageRoot } from './root.mjs';
import { ask } from './run.mjs';
import { installCommand } from './system.mjs';

/** @import { Finding } from './finding.mjs' */

/** Set-up needs neither the device nor fonts; doctor asks for both. */
const device = { name: 'CUDA device', inspect: () => inspectDevice(addonFile(), cudaLibraryFile) };

/** The Debian package that brings each kind of letters. Latin, Greek and Cyrillic ones come with Bobbin. */
const fontPackages = {
  Chinese: 'fonts-noto-cjk',
  Japanese: 'fonts-noto-cjk',
  Korean: 'fonts-noto-cjk',
  // Not Noto's: coloured emoji are not drawn.
  emoji: 'fonts-symbola',
};

/**
 * Whether pictures can show the names of classes. Training needs no fonts.
 * @returns {Finding}
 */
export function inspectFonts() {
  // In a process of its own: sharp may not be installed yet.
  const answer = ask(process.execPath, [path.join(packageRoot, 'scripts/fonts/drawn-letters.mjs')]);
  if (answer === undefined) {
    return without("unknown until npm's packages are in order");
  }
  /** @type {Record<keyof typeof fontPackages, boolean>} */
  const drawn = JSON.parse(answer);
  const kinds = /** @type {(keyof typeof fontPackages)[]} */ (Object.keys(fontPackages));
  const absent = kinds.filter((kind) => !drawn[kind]);
  if (absent.length === 0) {
    return { ok: true, version: kinds.join(', '), from: 'system' };
  }
  const packages = [...new Set(absent.map((kind) => fontPackages[kind]))];
  const effect = `boxes in pictures for ${absent.join(', ')}`;
  return without(`${effect}: ${installCommand(packages)} (as root)`);
}

const fonts = { name: 'fonts of pictures', inspect: inspectFonts };

/**
 * `✓` in order, `–` missing and not needed, `✗` missing, damaged, outdated or unreadable.
 * @param {Finding} finding
 * @param {string} title
 */
function line({ ok, optional, version, from, fault, remedy }, title) {
  if (ok) {
    return `✓ ${title}  ${version}, from ${from}`;
  }
  if (optional) {
    return `– ${title}  ${remedy}`;
  }
  return `✗ ${title}  ${fault === undefined ? 'missing:' : `${fault};`} ${remedy}`;
}

const columns = 80;

/** One space that is not within a command, which backquotes enclose. */
const gap = /(?<=\S) (?=\S)(?=(?:[^`]*`[^`]*`)*[^`]*$)/;

/**
 * Breaks a text between words, so that each line fits into a terminal. Commands stay whole, and longer words, such as paths.
 * @param {string} text
 */
export function wrapped(text) {
  const [first = '', ...words] = text.split(gap);
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if ([...longer].length <= columns) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(`    ${word}`);
    }
  }
  return lines.join('\n');
}

/**
 * Prints each part with its version and source; returns whether every part is in order.
 * @param {(line: string) => void} log
 */
export function doctor(log = console.log) {
  const rows = [...parts, device, fonts].map((part) => ({ name: part.name, ...part.inspect() }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const row of rows) {
    log(wrapped(line(row, row.name.padEnd(width))));
  }
  return rows.every(({ ok, optional = false }) => ok || optional);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = doctor() ? 0 : 1;
}
