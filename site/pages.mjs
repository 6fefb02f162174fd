/** The pages of the site: Markdown files of the repository, with links that lead to the site's pages. */
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../scripts/root.mjs';
import { pages } from './places.mjs';

/** Pages outside of docs/, by their address on the site. */
const outside = new Map([
  ['README.md', 'about.md'],
  ['CONTRIBUTING.md', 'contributing.md'],
  ['CHANGELOG.md', 'changelog.md'],
  ['SECURITY.md', 'security.md'],
  ['README.zh.md', 'zh/index.md'],
]);

/** Files that a page shows. Others, such as sources, are offered as text. */
const pictures = /\.(svg|png|jpe?g|webp|gif)$/;

/** Fences and code between backticks have no links. */
const code = /^```[\s\S]*?^```$|`[^`\n]*`/gm;

const link = /(\]\()([^)\s]+)(\))/g;

/** Every page of the repository that the site has, by its path from the root, with its address on the site. */
export function sitePages() {
  const names = fs.readdirSync(path.join(packageRoot, 'docs'), {
    recursive: true,
    encoding: 'utf8',
  });
  const inside = names
    .filter((name) => name.endsWith('.md'))
    .map(
      (name) => /** @type {const} */ ([`docs/${name}`, name.replace(/README\.md$/, 'index.md')]),
    );
  const others = [...outside].filter(([file]) => fs.existsSync(path.join(packageRoot, file)));
  return new Map([...inside, ...others]);
}

/** Writes all pages and the files that they link. */
export function writePages() {
  const addresses = sitePages();
  for (const [file, address] of addresses) {
    const text = fs.readFileSync(path.join(packageRoot, file), 'utf8');
    const frontMatter = address === 'index.md' ? home() : '';
    const linked = withSiteLinks(text, (target) => siteTarget(addresses, file, target));
    write(address, frontMatter + (frontMatter === '' ? linked : linked.replace(/^# .*\n+/, '')));
  }
}

/**
 * The text of a page with other targets of its links. A link without a target on the site becomes its text.
 * @param {string} text
 * @param {(target: string) => string | undefined} targetOf
 */
function withSiteLinks(text, targetOf) {
  /** @type {string[]} */
  const kept = [];
  const prose = text.replace(code, (part) => `\0${kept.push(part) - 1}\0`);
  return prose
    .replace(link, (whole, open, target, close) => {
      const other = targetOf(target);
      return other === undefined ? whole : `${open}${other}${close}`;
    })
    .replace(/\[([^\]]*)\]\(\)/g, '$1')
    .replace(/\0(\d+)\0/g, (_, index) => kept[Number(index)] ?? '');
}

/**
 * Where a link of a page leads on the site: '' for a folder, which has no page; undefined if the link stays as it is.
 * @param {ReadonlyMap<string, string>} addresses
 * @param {string} file
 * @param {string} target
 */
function siteTarget(addresses, file, target) {
  if (/^(https?:|mailto:|#)/.test(target)) {
    return undefined;
  }
  const [name = '', anchor] = target.split('#');
  const linked = path.join(path.dirname(file), name);
  const address = addresses.get(linked);
  if (address !== undefined) {
    return `/${address}${anchor === undefined ? '' : `#${anchor}`}`;
  }
  const source = path.join(packageRoot, linked);
  if (fs.statSync(source).isDirectory()) {
    return '';
  }
  // A server would offer a source file for download; text is shown.
  const shown = pictures.test(linked) ? linked : `source/${linked}.txt`;
  const copy = path.join(pages, 'public', shown);
  fs.mkdirSync(path.dirname(copy), { recursive: true });
  fs.copyFileSync(source, copy);
  return `/${shown}`;
}

/** What the first page has above its list of pages. */
function home() {
  const { description } = JSON.parse(
    fs.readFileSync(path.join(packageRoot, 'package.json'), 'utf8'),
  );
  const first = fs.existsSync(path.join(packageRoot, 'docs/start.md')) ? '/start' : '/about';
  const hero = {
    name: 'Bobbin',
    tagline: description,
    actions: [
      { theme: 'brand', text: 'Start here', link: first },
      { theme: 'alt', text: 'Commands', link: '/commands/' },
      { theme: 'alt', text: 'API', link: '/api/' },
    ],
  };
  return `---\nlayout: home\nhero: ${JSON.stringify(hero)}\n---\n\n`;
}

/**
 * @param {string} address
 * @param {string} text
 */
function write(address, text) {
  const file = path.join(pages, address);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}
