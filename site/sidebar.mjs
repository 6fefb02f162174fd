/** The navigation of the site, from the lists that the pages themselves have. */
import fs from 'node:fs';
import path from 'node:path';
import { pages } from './places.mjs';
import { pageOf, stages } from './reference.mjs';

/** @typedef {{ text: string, link?: string, items?: Item[], collapsed?: boolean }} Item */

/** @param {string} address */
const read = (address) => fs.readFileSync(path.join(pages, address), 'utf8');

/**
 * The sections of a page, each with the links of its list or table.
 * @param {string} address
 * @returns {Item[]}
 */
function sectionsOf(address) {
  const sections = read(address).split(/^## /m).slice(1);
  return sections.map((section) => ({
    text: section.slice(0, section.indexOf('\n')),
    items: [...section.matchAll(/^(?:- |\| )\[([^\]]+)\]\(([^)]+)\.md(#[^)]*)?\)/gm)].map(
      ([, text = '', link = '', anchor = '']) => ({
        text,
        link: `${path.posix.resolve('/', path.dirname(address), link).replace(/index$/, '')}${anchor}`,
      }),
    ),
  }));
}

/** The sidebar of each part of the site. */
export function sidebars() {
  const sections = sectionsOf('index.md').map((section) => ({ ...section, collapsed: false }));
  return {
    '/commands/': [{ text: 'Commands', link: '/commands/' }, ...sectionsOf('commands/index.md')],
    '/api/': [{ text: 'API', link: '/api/', items: referencePages() }],
    '/zh/': chinese(),
    '/': sections,
  };
}

const referencePages = () =>
  Array.from(stages, ([stage, text]) => ({
    text,
    link: `/api/${pageOf(stage).replace(/(index)?\.md$/, '')}`,
  }));

/** Pages in Chinese, by their first headings. */
export function chinese() {
  const folder = path.join(pages, 'zh');
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith('.md'))
    .map((name) => ({
      text: /^# (.*)$/m.exec(read(`zh/${name}`))?.[1] ?? name,
      link: `/zh/${name.replace(/(index)?\.md$/, '')}`,
    }));
}
