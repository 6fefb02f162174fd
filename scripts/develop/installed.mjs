/** `node scripts/develop/installed.mjs FOLDER`: what a user gets with the packages that npm installed in FOLDER/node_modules. */
import fs from 'node:fs';
import path from 'node:path';
import { filesBelow } from '../record.mjs';
import { runScript } from '../run.mjs';
import { readManifest } from './pack/staging.mjs';

/** The folders of all packages below FOLDER/node_modules, in any depth, by the names of their package.json. */
const packageFile = /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/;

/** Package managers run these when they install a package. */
const installScripts = ['preinstall', 'install', 'postinstall'];

/**
 * @param {string} folder
 * @returns {string[]} the scripts that package managers run when they install the package
 */
function scriptsOf(folder) {
  const { scripts = {} } = readManifest(folder);
  // With this file pnpm 9 runs node-gyp, even if package.json has `gypfile: false`.
  const builds = fs.existsSync(path.join(folder, 'binding.gyp'));
  return [...installScripts.filter((name) => name in scripts), ...(builds ? ['node-gyp'] : [])];
}

/** @param {string} project */
function main(project) {
  const files = filesBelow(path.join(project, 'node_modules')).map((name) =>
    path.join(project, 'node_modules', name),
  );
  const folders = files.filter((file) => packageFile.test(file)).map((file) => path.dirname(file));
  const bytes = files.reduce((sum, file) => sum + fs.lstatSync(file).size, 0);
  const licences = new Map();
  for (const folder of folders) {
    const { license = 'none named' } = readManifest(folder);
    const name = typeof license === 'string' ? license : license.type;
    licences.set(name, (licences.get(name) ?? 0) + 1);
  }
  const scripts = folders.flatMap((folder) => {
    const names = scriptsOf(folder);
    return names.length > 0 ? [`${readManifest(folder).name} (${names.join(', ')})`] : [];
  });
  const byCount = [...licences].sort(([, one], [, other]) => other - one);
  console.log(`packages         ${folders.length}`);
  console.log(`megabytes        ${(bytes / 1e6).toFixed(1)}`);
  console.log(`licences         ${byCount.map(([name, count]) => `${count} ${name}`).join(', ')}`);
  console.log(`install scripts  ${scripts.join(', ') || 'none'}`);
}

runScript('installed', () => main(process.argv[2] ?? '.'));
