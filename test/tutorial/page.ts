/** What a page asks its reader to do: its commands and programs in order, each with the output that the page shows below it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../scripts/root.mjs';

/** Where the reader's photos come from. A comment such as `<!-- own photos -->` above a block says whom the block is for. */
export type Way = 'own photos' | 'competition';

const ways: readonly Way[] = ['own photos', 'competition'];

/** Such a comment says that the command above which it stands goes on until Ctrl-C. */
const goesOn = 'goes on';

/** A block between fences. */
export interface Block {
  /** Of the fence: `sh` for commands, '' for what they print, else of a program or a file. */
  language: string;
  text: string;
  /** The file that the reader saves it in, which the line above names: `` `classify.mjs`: ``. */
  file: string | undefined;
  /** Undefined for a block that every reader follows. */
  way: Way | undefined;
  /** Whether its command goes on until Ctrl-C. */
  goesOn: boolean;
}

const fence = /(?:^<!-- ([a-z, ]+) -->\n)?(?:^`([^`\n]+)`[:：]\n\n)?^```(\w*)\n([\s\S]*?)^```$/gm;

/** The blocks of a page, by its path in the repository. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(path.join(packageRoot, page), 'utf8');
  return [...text.matchAll(fence)].map(([, marks = '', file, language = '', content = '']) => ({
    language,
    text: content,
    file,
    way: ways.find((way) => marks.includes(way)),
    goesOn: marks.includes(goesOn),
  }));
}

/** The blocks that a reader follows who goes one way. */
export const blocksFor = (page: string, way: Way): Block[] =>
  blocksOf(page).filter((block) => block.way === undefined || block.way === way);

/** The command lines of a block, without comments; those that end with a backslash are joined. */
export const linesOf = ({ text }: Block): string[] =>
  text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s+)#.*/, ''))
    .filter((line) => line !== '');

/** What a terminal obeys and does not show, and the wheel that npx turns. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are meant.
const unseen = /\x1b\[[0-9;?]*[A-Za-z]|[\u2800-\u28ff]/g;

/** Text in which two runs agree: without its numbers, rules and runs of spaces. */
const blurred = (line: string) =>
  line
    .replaceAll(unseen, '')
    .replaceAll(/\d+([.,:]\d+)*/g, '0')
    .replaceAll(/─+/g, '─')
    .replaceAll(/\s+/g, ' ')
    .trim();

/**
 * The lines that a page shows and that a run did not print in this order. Numbers may differ; `…` stands for what the page leaves
 * out, in a line or between lines.
 */
export function notPrinted(shown: string, printed: string): string[] {
  const lines = printed.split(/[\r\n]+/).map(blurred);
  let from = 0;
  return shown.split('\n').filter((line) => {
    const parts = blurred(line).split('…');
    if (parts.every((part) => part.trim() === '')) {
      return false;
    }
    const found = lines.findIndex((each, index) => index >= from && holds(each, parts));
    from = found < 0 ? from : found + 1;
    return found < 0;
  });
}

/** Whether a line consists of `parts` in this order, with anything between them. */
function holds(line: string, parts: string[]): boolean {
  const escaped = parts.map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(line);
}
