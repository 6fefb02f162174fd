/**
 * `npm run footprint -- SPEC…`: what npm installs for each package: how many packages, megabytes, install scripts and
 * licences. A SPEC is what npm takes: a name, or a tarball, such as one that an earlier release packed.
 */
import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { npm } from './managers.js';
import { type Installed, withInstallScript } from './packages.js';
import { install, makeProject } from './project.js';
import { inSetting } from './setting.js';

/** Megabytes of the files below `folder`. */
function megabytesIn(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const bytes = names.map((name) => lstatSync(path.join(folder, name)));
  return bytes.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0) / 1e6;
}

/** Each licence with the number of packages that have it, the most frequent one first. */
function licencesOf(installed: Installed[]): string {
  const counts = new Map<string, number>();
  for (const { manifest } of installed) {
    const licence = manifest.license ?? 'not stated';
    counts.set(licence, (counts.get(licence) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([licence, count]) => `${count} ${licence}`).join(', ');
}

await inSetting(async (place) => {
  console.log('| installed | packages | MB | install scripts | licences |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const spec of process.argv.slice(2)) {
    const project = makeProject(place, npm);
    const installed = await install(place, npm, project, {}, ['--ignore-scripts', spec]);
    const cells = [
      spec.endsWith('.tgz') ? path.basename(spec) : spec,
      installed.length,
      megabytesIn(path.join(project, 'node_modules')).toFixed(0),
      withInstallScript(installed).join(', ') || 'none',
      licencesOf(installed),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
});
