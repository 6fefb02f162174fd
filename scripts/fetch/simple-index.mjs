/** Finds a pinned wheel in an index with the simple API: HTML as in PEP 503, or JSON as in PEP 691. */
import path from 'node:path';
import { HttpError, isSafe, readAnswer, retry, shown } from './client.mjs';

/**
 * @import { WheelFile, WheelFolder } from '../pins.mjs'
 * @import { Client } from './client.mjs'
 */

/**
 * A file that an index lists; `sha256` in hex if the index says it.
 * @typedef {{name: string, url: URL, sha256: string | undefined}} Link
 */

const accepted =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';
/** The page of a project with thousands of files has a few megabytes. */
const mostPageBytes = 5e7;

const indexVariables = 'BOBBIN_INDEX, PIP_INDEX_URL or PIP_EXTRA_INDEX_URL';

/**
 * @param {string} address as the environment has it
 * @throws {Error} when it is not an address, or when its user or password cannot be decoded. The error never shows the address, which may contain a password
 */
export function parseIndex(address) {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Error(
      `Expected addresses that begin with https:// or http:// for ${indexVariables} but received another value`,
    );
  }
  if (!isDecodable(url.username) || !isDecodable(url.password)) {
    throw new Error(
      `Expected %25 in the place of each % in the user and password of ${indexVariables} but received a % alone`,
    );
  }
  url.pathname = url.pathname.replace(/\/*$/, '/');
  return url;
}

/** @param {string} text */
function isDecodable(text) {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The address of a wheel in the first index that has it.
 * @param {Client} client
 * @param {URL[]} indexes
 * @param {WheelFile} file
 * @param {Pick<WheelFolder, 'python' | 'platforms'>} tags
 * @returns {Promise<URL>}
 * @throws {Error} when no index has it
 */
export async function findWheel(client, indexes, file, tags) {
  const [project = ''] = file.requirement.split('==');
  for (const index of indexes) {
    const links = await retry(() => linksAt(client, new URL(`${normal(project)}/`, index)));
    const link =
      links.find(({ sha256 }) => sha256 === file.sha256) ??
      links.find(({ name, sha256 }) => sha256 === undefined && fits(name, file, tags));
    if (link !== undefined) {
      return link.url;
    }
  }
  throw new Error(
    `Expected ${file.requirement} with SHA-256 ${file.sha256} in ${indexes.map(shown).join(' or ')} but received no such file`,
  );
}

/**
 * The name of a project in addresses, by PEP 503.
 * @param {string} project
 */
const normal = (project) => project.replace(/[-_.]+/g, '-').toLowerCase();

/**
 * The files of a project, or none if the index does not have it.
 * @param {Client} client
 * @param {URL} page
 * @returns {Promise<Link[]>}
 */
async function linksAt(client, page) {
  try {
    const answer = await client.get(page, { accept: accepted });
    const text = (await readAnswer(answer, mostPageBytes)).toString();
    const isJson = String(answer.answer.headers['content-type']).includes('json');
    const links = isJson ? linksInJson(text, answer.url) : linksInHtml(text, answer.url);
    return links.filter(({ url }) => isSafe(answer.url, url));
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) {
      return [];
    }
    throw error;
  }
}

/**
 * @param {string} text
 * @param {URL} base
 * @returns {Link[]}
 */
function linksInJson(text, base) {
  try {
    /** @type {{files: {filename: string, url: string, hashes: {sha256?: string}}[]}} */
    const { files } = JSON.parse(text);
    return files.map(({ filename, url, hashes: { sha256 } }) => ({
      name: filename,
      url: new URL(url, base),
      sha256,
    }));
  } catch (cause) {
    throw new Error(`Expected JSON as in PEP 691 from ${shown(base)} but received another text`, {
      cause,
    });
  }
}

/**
 * @param {string} text
 * @param {URL} base
 * @returns {Link[]}
 */
function linksInHtml(text, base) {
  const addresses = [...text.matchAll(/<a\s[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)];
  return addresses.flatMap(([, double, single]) => {
    const address = (double ?? single ?? '').replaceAll('&amp;', '&');
    if (!URL.canParse(address, base.href)) {
      return [];
    }
    const url = new URL(address, base);
    const [, sha256] = url.hash.match(/^#sha256=([0-9a-f]{64})/) ?? [];
    return { name: path.basename(url.pathname), url, sha256 };
  });
}

/**
 * Whether a file's name is a pinned wheel's, for indexes without hashes.
 * @param {string} name
 * @param {WheelFile} file
 * @param {Pick<WheelFolder, 'python' | 'platforms'>} tags
 */
function fits(name, { requirement }, { python, platforms }) {
  const [project = '', version] = requirement.split('==');
  const [, distribution = '', release, pythons = '', systems = ''] =
    name.match(/^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-[^-]+-([^-]+)\.whl$/) ?? [];
  const tags = ['py3', `cp${python.replace('.', '')}`];
  return (
    normal(distribution) === normal(project) &&
    release === version &&
    pythons.split('.').some((tag) => tags.includes(tag)) &&
    systems.split('.').some((tag) => platforms.includes(tag))
  );
}
