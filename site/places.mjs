/** The folders that the site is made from and written to. */
import path from 'node:path';
import { packageRoot } from '../scripts/root.mjs';

/** This folder: the generator's packages and settings. */
export const tools = path.join(packageRoot, 'site');

const build = path.join(packageRoot, 'build-site');

/** The pages as the generator reads them: links lead to other pages of the site. */
export const pages = path.join(build, 'pages');

/** The pages of the API reference, among the others. */
export const api = path.join(pages, 'api');

/** What TypeDoc reads. */
export const entries = path.join(build, 'entries');

/** The finished site. */
export const html = path.join(build, 'html');

export const cache = path.join(build, 'cache');
