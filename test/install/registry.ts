/** An npm registry on this machine: it serves given tarballs, and sends clients to npm's own registry for all else. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Listening, listen } from '../support/servers/listen.js';

/** The registry that npm is configured with, without a slash at its end. */
const configuredRegistry = () =>
  execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' })
    .trim()
    .replace(/\/$/, '');

const digest = (algorithm: string, bytes: Buffer, encoding: 'hex' | 'base64') =>
  createHash(algorithm).update(bytes).digest(encoding);

/** What a registry says of a package that has one version: its "packument". */
function describe(file: string, url: string) {
  const json = execFileSync('tar', ['-xzOf', file, 'package/package.json'], { encoding: 'utf8' });
  const manifest: { name: string; version: string } = JSON.parse(json);
  const { name, version } = manifest;
  const bytes = readFileSync(file);
  const dist = {
    tarball: `${url}/${name}/-/${path.basename(file)}`,
    integrity: `sha512-${digest('sha512', bytes, 'base64')}`,
    shasum: digest('sha1', bytes, 'hex'),
  };
  const versions = { [version]: { ...manifest, dist } };
  // Yarn refuses a version that is younger than a day.
  return { name, 'dist-tags': { latest: version }, versions, time: { [version]: new Date(0) } };
}

/** Serves the tarballs. */
export async function startRegistry(tarballs: string[]): Promise<Listening> {
  const elsewhere = configuredRegistry();
  const answers = new Map<string, Buffer>();
  const registry = await listen(({ url = '/' }, response) => {
    const answer = answers.get(decodeURIComponent(url));
    if (answer === undefined) {
      response.writeHead(302, { location: `${elsewhere}${url}` }).end();
    } else {
      // The next registry on this port may have other packages of the same version.
      response.writeHead(200, { 'cache-control': 'no-store' }).end(answer);
    }
  });
  for (const file of tarballs) {
    const packument = describe(file, registry.url);
    answers.set(`/${packument.name}`, Buffer.from(JSON.stringify(packument)));
    answers.set(`/${packument.name}/-/${path.basename(file)}`, readFileSync(file));
  }
  return registry;
}
