/** How VitePress makes the site: its navigation, its search, and nothing that is loaded from elsewhere. */
import { cache, html, pages } from '../places.mjs';
import { chinese, sidebars } from '../sidebar.mjs';

/**
 * A heading's anchor, as GitHub makes it: the same links work on a git host and on the site.
 * @param {string} title
 */
const slugify = (title) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** The search's words: Chinese has no spaces, so each of its characters is one. */
const tokenize = (/** @type {string} */ text) =>
  text.toLowerCase().match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{N}])+/gu) ?? [];

/** Pages that are opened as files have no server whose root `/` could be: their links then start from the page. */
const relativeLinks = (/** @type {string} */ root) => `
if (location.protocol === 'file:') addEventListener('DOMContentLoaded', () => {
  for (const element of document.querySelectorAll('[href^="/"], [src^="/"]')) {
    for (const name of ['href', 'src']) {
      const target = element.getAttribute(name);
      if (target !== null && target.startsWith('/')) {
        element.setAttribute(name, '${root}' + target.slice(1).replace(/(^|\\/)$/, '$1index.html'));
      }
    }
  }
});`;

const hasChinese = chinese().length > 0;

export default {
  title: 'Bobbin',
  description: 'Trains image classifiers in Node',
  srcDir: pages,
  // Servers that the reader starts.
  ignoreDeadLinks: 'localhostLinks',
  outDir: html,
  cacheDir: cache,
  // A browser would ask for /favicon.ico.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  metaChunk: true,
  transformHtml(
    /** @type {string} */ code,
    /** @type {string} */ _,
    /** @type {{ page: string }} */ { page },
  ) {
    const root = '../'.repeat(page.split('/').length - 1) || './';
    return code
      .replace(/(<link rel="preload stylesheet" href=")\//, `$1${root}`)
      .replace('</head>', () => `<script>${relativeLinks(root)}</script></head>`);
  },
  markdown: {
    anchor: { slugify },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  vite: { logLevel: 'warn', build: { chunkSizeWarningLimit: 10_000 } },
  ...(hasChinese && {
    locales: {
      root: { label: 'English', lang: 'en' },
      zh: { label: '简体中文', lang: 'zh-CN', link: '/zh/' },
    },
  }),
  themeConfig: {
    // Few pages are translated: the other language begins at its first page.
    i18nRouting: false,
    nav: [
      { text: 'Pages', link: '/', activeMatch: '^/(?!commands/|api/)' },
      { text: 'Commands', link: '/commands/', activeMatch: '^/commands/' },
      { text: 'API', link: '/api/', activeMatch: '^/api/' },
    ],
    sidebar: sidebars(),
    outline: [2, 3],
    search: {
      provider: 'local',
      options: { miniSearch: { options: { tokenize } } },
    },
  },
};
