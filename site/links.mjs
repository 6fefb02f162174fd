/** Looks for links of the finished site that lead nowhere: the generator itself does not look at headings. */
import fs from 'node:fs';
import path from 'node:path';

const attribute = /\s(?:href|src)="([^"]+)"/g;
const place = /\sid="([^"]+)"/g;

/**
 * @param {string} folder the finished site
 * @returns the numbers of its pages and links
 * @throws {Error} that names every broken link
 */
export function checkLinks(folder) {
  const files = fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'));
  const pages = new Map(files.map((file) => [file, readPage(path.join(folder, file))]));
  let links = 0;
  const broken = new Set();
  for (const [file, { targets }] of pages) {
    links += targets.length;
    for (const target of targets) {
      const { name, anchor } = placeOf(file, target);
      const isThere = fs.existsSync(path.join(folder, name));
      if (!isThere || (anchor !== '' && pages.get(name)?.anchors.has(anchor) === false)) {
        broken.add(`${file}: ${target}`);
      }
    }
  }
  if (broken.size > 0) {
    throw new Error(`Expected no broken link but found ${broken.size}:\n${[...broken].join('\n')}`);
  }
  return { files: files.length, links };
}

/**
 * The anchors of a page, and the targets of its links inside the site.
 * @param {string} file
 */
function readPage(file) {
  const text = fs.readFileSync(file, 'utf8');
  const anchors = new Set(Array.from(text.matchAll(place), ([, id]) => id));
  const targets = Array.from(text.matchAll(attribute), ([, target = '']) => target);
  return { anchors, targets: targets.filter((target) => !/^[a-z]+:/.test(target)) };
}

/**
 * @param {string} file the page with the link
 * @param {string} target
 */
function placeOf(file, target) {
  const { pathname, hash } = new URL(target, `https://site/${file}`);
  const name = decodeURI(pathname).slice(1);
  const isFolder = name === '' || name.endsWith('/');
  return {
    name: isFolder ? `${name}index.html` : name,
    anchor: decodeURIComponent(hash.slice(1)),
  };
}
