/** `npm run bench:setup`: compiles the yardstick and installs the peers, each environment in Bobbin's cache folder. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../scripts/pins.mjs';
import { ask, work } from '../scripts/run.mjs';
import { installPackages, mayInstall } from '../scripts/system.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.join(cacheFolder, 'bench');
fs.mkdirSync(folder, { recursive: true });

/** Python environments and what their packages need of the system; MXNet's last release needs an old NumPy. */
const environments = [
  // SPDL runs on the system's FFmpeg.
  { name: 'peers', files: ['peers.txt'], packages: ['libavfilter-dev', 'libavdevice-dev'] },
  { name: 'peers', files: ['ffcv.txt'], packages: ['libopencv-dev', 'libturbojpeg0-dev'] },
  { name: 'mxnet', files: ['mxnet.txt'], packages: ['libgomp1'] },
];

/** Runs a step; what cannot be had is named in one sentence and gone on without. */
function attempt(name, step) {
  try {
    step();
    console.log(`bench set-up: ${name} is there`);
  } catch (error) {
    console.log(`bench set-up: goes on without ${name}: ${error.message}`);
  }
}

attempt('the bare decode', () =>
  work('c++', [
    ...['-std=c++20', '-O3', '-pthread', '-o', path.join(folder, 'decode')],
    ...[path.join(here, 'contenders', 'decode.cc'), '-ljpeg'],
  ]),
);
attempt('jpegtran', () => {
  if (ask('jpegtran', ['-version']) !== undefined) return;
  if (mayInstall()) installPackages(['libjpeg-turbo-progs']);
});
for (const { name, files, packages = [] } of environments) {
  const environment = path.join(folder, name);
  const python = path.join(environment, 'bin', 'python');
  attempt(files.join(' '), () => {
    if (packages.length > 0 && mayInstall()) installPackages(packages);
    // The pinned releases have wheels for this version of Python.
    const base = ask('python3.11', ['--version']) === undefined ? 'python3' : 'python3.11';
    if (!fs.existsSync(python)) work(base, ['-m', 'venv', environment]);
    for (const file of files) {
      const requirements = path.join(here, 'requirements', file);
      work(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    }
  });
}
