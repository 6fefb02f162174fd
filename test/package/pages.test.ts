/** README.md, the pages and their translations: links lead somewhere, all pages can be found, and the commands that they show exist. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.js';

const root = path.resolve(import.meta.dirname, '../..');
const every = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
  .sort();
const pages = every.filter((page) => !page.startsWith('docs/zh/'));
const chinese = every.filter((page) => page.startsWith('docs/zh/'));
const all = ['README.md', 'README.zh.md', 'CONTRIBUTING.md', ...every];
const read = (page: string) => readFileSync(path.join(root, page), 'utf8');

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** The text of a page without its programs and commands. */
const proseOf = (page: string) =>
  read(page)
    .replace(fence, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ' '));

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string) =>
  [
    ...read(page)
      .replace(fence, '')
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('when a page links to a file or a heading, then it is there', () => {
  for (const page of all) {
    for (const [, target = ''] of proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) {
        continue;
      }
      const [file = '', anchor] = target.split('#');
      const linked = file === '' ? page : path.join(path.dirname(page), file);
      assert.ok(existsSync(path.join(root, linked)), `${page}: ${target}`);
      assert.ok(anchor === undefined || anchorsOf(linked).includes(anchor), `${page}: ${target}`);
    }
  }
});

/** The pages that a page links. */
const linksOf = (page: string) =>
  [...proseOf(page).matchAll(/\]\(([^)#\s]+)/g)].map(([, target = '']) =>
    path.join(path.dirname(page), target),
  );

test('when README.md is read, then it leads to every page, in at most 150 lines', () => {
  const lists = ['README.md', 'docs/README.md', 'docs/commands/README.md'];
  const linked = new Set(lists.flatMap(linksOf));
  assert.deepEqual(
    pages.filter((page) => !linked.has(page)),
    [],
  );
  assert.ok(read('README.md').split('\n').length <= 151);
});

test('when docs/README.md is read, then it lists each page once, except those of the commands', () => {
  const listed = new Set(linksOf('docs/README.md').filter((page) => pages.includes(page)));
  const due = pages.filter(
    (page) => page !== 'docs/README.md' && !/^docs\/commands\/(?!README)/.test(page),
  );
  assert.deepEqual([...listed].sort(), due);
});

test('when README.zh.md is read, then it links the pages that README.md links, in Chinese where there is a translation', () => {
  const linksOf = (page: string) => [...proseOf(page).matchAll(/\]\((docs\/[^)]+)\)/g)];
  const linked = new Set(linksOf('README.zh.md').map(([, page]) => page));
  for (const [, page = ''] of linksOf('README.md')) {
    const translation = page.replace('docs/', 'docs/zh/');
    const due = chinese.includes(translation) ? translation : page;
    assert.ok(linked.has(due), due);
  }
});

/** The commands that a page shows in fences and in code: the words after `bobbin`, without comments. */
function commandsIn(page: string): string[][] {
  const fences = [...read(page).matchAll(fence)].filter(([, language]) => language === 'sh');
  const code = [
    ...read(page)
      .replace(fence, '')
      .matchAll(/`([^`]+)`/g),
  ].map(([, text = '']) => text);
  return (
    [...fences.map(([, , text = '']) => text), ...code]
      .flatMap((text) => text.replace(/\\\n/g, ' ').split(/\n|&&/))
      .flatMap(
        (line) =>
          /(?:^|npx |\.bin\/|somebody\/bobbin +)bobbin ([a-z]+\b.*)/.exec(
            line.replace(/ +#.*/, ''),
          )?.[1] ?? [],
      )
      // `launch` takes a command of its own after the dashes.
      .flatMap((words) => words.split(' -- '))
      .map((words) => words.trim().split(/\s+/))
  );
}

test('when a page shows a command of bobbin, then the command and its flags exist', async () => {
  const found = all.flatMap((page) => commandsIn(page).map((words) => ({ page, words })));
  assert.ok(found.length > 40, `${found.length} commands`);
  const commands = new Map<string, Command | undefined>();
  for (const name of new Set(found.map(({ words }) => words[0] as string))) {
    const program = await createProgram([name]);
    commands.set(
      name,
      program.commands.find((each) => each.name() === name),
    );
  }
  for (const { page, words } of found) {
    const command = commands.get(words[0] as string);
    const line = `${page}: bobbin ${words.join(' ')}`;
    assert.ok(command, line);
    const known = command.options.map(({ long }) => long);
    for (const word of words.filter((each) => each.startsWith('--'))) {
      assert.ok(known.includes(word) || word === '--help', `${line}: ${word}`);
    }
  }
});

/** Text without what differs between a message and its place in a source: line breaks, and marks of code. */
const bare = (text: string) => text.replace(/[`\\]/g, '').replace(/\s+/g, ' ').toLowerCase();

test('when docs/messages.md explains a message, then the source has its words', () => {
  const sources = ['src', 'scripts']
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.m?[jt]s$/.test(name))
        .map((name) => bare(read(`${folder}/${name}`))),
    )
    .join('\n');
  const titles = [...read('docs/messages.md').matchAll(/^### (.*)$/gm)].map(
    ([, title = '']) => title,
  );
  assert.ok(titles.length > 30, `${titles.length} messages`);
  for (const title of titles) {
    const words = bare(title)
      .split(/…|^! /)
      .map((part) => part.replace(/^[\s:]+|\s+$/g, ''))
      .filter((part) => part.length > 4);
    assert.ok(words.length > 0, title);
    for (const part of words) {
      assert.ok(sources.includes(part), `${title}: no source has "${part}"`);
    }
  }
});

test('when docs/glossary.md is read, then its words are in order, each with one sentence', () => {
  const rows = read('docs/glossary.md')
    .split('\n')
    .filter((line) => line.startsWith('| '));
  const words = rows.slice(2).map((row) => row.split(' | ')[0]?.slice(2) as string);
  assert.deepEqual(
    words,
    [...words].sort((a, b) => a.localeCompare(b, 'en')),
  );
  for (const row of rows.slice(2)) {
    assert.match(row, /^\| [^|]+ \| [A-Z][^|]+[.] +\|$/);
  }
});
