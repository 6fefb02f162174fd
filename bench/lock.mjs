/** `node bench/lock.mjs`: resolves requirements/NAME.in for Linux x86-64 into requirements/NAME.txt, exact versions with hashes. */
import fs from 'node:fs';
import { ask } from '../scripts/run.mjs';
import { findPython, lists, lockFile, pythonVersion, wantedFile } from './environments.mjs';

/** `name==version --hash=sha256:…` of each package that `files` bring, sorted. */
function resolve(files) {
  const wanted = files.flatMap((file) => ['--requirement', file]);
  const flags = ['--dry-run', '--ignore-installed', '--quiet', '--report', '-'];
  const python = findPython();
  if (python === undefined) throw new Error(`Expected Python ${pythonVersion} but found none`);
  const report = ask(python, ['-m', 'pip', 'install', ...flags, ...wanted], {
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (report === undefined) throw new Error('pip could not resolve; its own words are above.');
  return JSON.parse(report)
    .install.map(({ metadata, download_info }) => {
      const { sha256 } = download_info.archive_info.hashes;
      return `${metadata.name.toLowerCase()}==${metadata.version} --hash=sha256:${sha256}`;
    })
    .sort();
}

for (const { name, above } of lists) {
  const there = above === undefined ? [] : fs.readFileSync(lockFile(above), 'utf8').split('\n');
  const files = [name, above].filter((one) => one !== undefined).map(wantedFile);
  const lines = resolve(files).filter((line) => !there.includes(line));
  const head = `# Written by bench/lock.mjs from ${name}.in, for Linux x86-64 and Python ${pythonVersion}.`;
  fs.writeFileSync(lockFile(name), `${[head, ...lines].join('\n')}\n`);
}
