/**
 * `npm run test:chroot -- FOLDER [SUITE…] [Dockerfile]`: installs, sets up and trains in slim Debians in FOLDER, and builds
 * docs/Dockerfile; prints seconds for each step.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../scripts/root.mjs';
import { programOf } from '../package/programs.mjs';
import { alias } from './client-package.js';
import { readDockerfile } from './dockerfile.js';
import { makeContext, withImage } from './image.js';
import { inSetting, type Setting } from './setting.js';
import { type Suite, System, type User } from './system.js';
import { downloadWheels, startIndex } from './wheel-index.js';

const suites: Suite[] = ['bookworm', 'bullseye'];

/** One operation of tfjs-node's API; fails unless Bobbin's backend computes it. */
const operation = [
  "const tf = require('@tensorflow/tfjs-node')",
  'const sums = tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).arraySync().join()',
  "require('node:assert').equal(tf.getBackend() + sums, 'tensorflow3,3,3,3')",
].join('; ');

/** What a person does after `npm install`, by name. */
const steps: Record<string, string> = {
  'npx bobbin setup': 'npx bobbin setup',
  'draw photos':
    'npx bobbin synthesize --out photos --tasks lapel_design_labels --images-per-task 40',
  prepare: 'npx bobbin prepare photos --out data',
  'train an epoch': 'npx bobbin train --data data --run run --size 64 --epochs 1',
  "require('@tensorflow/tfjs-node')": `node -e "${operation}"`,
};

interface Row {
  where: string;
  step: string;
  seconds: number;
}

const rows: Row[] = [];

/** Runs a step and notes its seconds. */
async function time(where: string, step: string, work: () => Promise<string>) {
  const began = performance.now();
  const output = await work();
  rows.push({ where, step, seconds: (performance.now() - began) / 1000 });
  console.error(`${where}: ${step}: ${rows.at(-1)?.seconds.toFixed(1)} s`);
  return output;
}

/** Fails if the system has what Bobbin's packages must not need. */
async function assertNoTools(system: System) {
  const tools = 'cc c++ gcc g++ clang cmake make ninja';
  const libraries = "find / -xdev -name 'libjpeg*' -not -path '*/node_modules/*'";
  const look = `for tool in ${tools}; do command -v $tool; done; ${libraries}`;
  assert.equal(await system.run('root', '/', look), '', 'a slim Debian has none of these');
}

/** A project in a system: who installs it, where, and with which variables set. */
interface Project {
  user: User;
  folder: string;
  env?: NodeJS.ProcessEnv;
}

/** Makes the project, and installs Bobbin and its alias there from `registry`. */
async function install(system: System, where: string, registry: string, project: Project) {
  const { user, folder } = project;
  const dependencies = { bobbin: '*', ...alias };
  const manifest = JSON.stringify({ name: 'somebody', private: true, dependencies });
  const registryLine = `registry=${registry}`;
  const write = `echo '${manifest}' > package.json && echo '${registryLine}' > .npmrc`;
  await system.run(user, '/', `mkdir -p ${folder} && cd ${folder} && ${write}`);
  const command = 'npm install --no-audit --no-fund';
  await time(where, command, () => system.run(user, folder, command));
}

/** Does every step in the project, each as a command of its own. */
async function follow(system: System, where: string, { user, folder, env = {} }: Project) {
  for (const [step, command] of Object.entries(steps)) {
    await time(where, step, () => system.run(user, folder, command, { env }));
  }
}

/** Sets a project up as root, and follows all steps as another user who can write to nothing but `/tmp`. */
async function followReadOnly(system: System, where: string, registry: string) {
  const folder = '/srv/project';
  const env = { BOBBIN_CACHE: '/opt/bobbin' };
  await install(system, where, registry, { user: 'root', folder });
  const setup = 'npx bobbin setup';
  await time(where, setup, () => system.run('root', folder, setup, { env }));
  const bin = `PATH=$PATH:${folder}/node_modules/.bin NODE_PATH=${folder}/node_modules`;
  const commands = Object.values(steps).map((step) => step.replace('npx ', ''));
  const all = `export ${bin}; ${commands.join(' && ')}`;
  await time(where, 'all steps', () => system.run('person', '/tmp', all, { env, readonly: true }));
}

/** Does `work` with a new system, and removes that. */
async function using(system: System, work: (system: System) => Promise<void>) {
  try {
    await work(system);
  } finally {
    system.remove();
  }
}

function printTable() {
  const places = [...new Set(rows.map(({ where }) => where))];
  console.log(['seconds'.padEnd(34), ...places].join('  '));
  for (const step of new Set(rows.map((row) => row.step))) {
    const cells = places.map((place) => {
      const row = rows.find((each) => each.where === place && each.step === step);
      return (row?.seconds.toFixed(1) ?? '–').padStart(place.length);
    });
    console.log([step.padEnd(34), ...cells].join('  '));
  }
}

/** All ways to install on one release of Debian. */
async function tryOn(suite: Suite, { parent, tools, registry, index }: Surroundings) {
  await using(System.make(parent, suite, `${suite}-pip`, tools), async (system) => {
    await system.installPython();
    await assertNoTools(system);
    for (const [user, folder] of [
      ['root', '/root/project'],
      ['person', '/home/person/project'],
    ] as const) {
      await install(system, `${suite}, ${user}`, registry, { user, folder });
      await follow(system, `${suite}, ${user}`, { user, folder });
    }
    await followReadOnly(system, `${suite}, read-only`, registry);
    await assertNoTools(system);
  });
  await using(System.make(parent, suite, `${suite}-index`, tools), async (system) => {
    const where = `${suite}, no Python`;
    const env = { BOBBIN_INDEX: index };
    const project: Project = { user: 'person', folder: '/home/person/project', env };
    await install(system, where, registry, project);
    await follow(system, where, project);
  });
}

/** Builds docs/Dockerfile as it is, and runs its command and others as its user, who can write to nothing but `/tmp`. */
async function tryDockerfile(surroundings: Surroundings) {
  const { parent, folder, tools, registry, tarballs } = surroundings;
  const where = 'Dockerfile';
  const program = `process.chdir('/tmp');\n${programOf('README.md', 1)}`;
  const request = {
    instructions: readDockerfile(readFileSync(path.join(packageRoot, 'docs/Dockerfile'), 'utf8')),
    context: await makeContext(path.join(folder, 'context'), { tarballs, registry, program }),
    machine: { npm_config_registry: registry },
    ...{ parent, tools },
    onStep: (step: string, work: () => Promise<string>) => time(where, step, work),
  };
  await withImage(request, async (run, command) => {
    for (const each of ['bobbin doctor', command]) {
      await time(where, each, () => run(each));
    }
  });
}

interface Surroundings extends Setting {
  /** Where the systems are made. */
  parent: string;
  /** The address of the index of wheels. */
  index: string;
}

async function main([parent, ...names]: string[]) {
  if (parent === undefined) {
    throw new Error('Expected a folder in which the systems are made');
  }
  if (process.getuid?.() !== 0) {
    throw new Error('Expected root: nobody else may change the root folder of a process');
  }
  await inSetting(async (setting) => {
    const wheels = path.join(setting.folder, 'wheels');
    downloadWheels(wheels);
    const index = await startIndex(wheels);
    const surroundings = { ...setting, parent: path.resolve(parent), index: `${index.url}/simple` };
    const isChosen = (name: string) => names.length === 0 || names.includes(name);
    try {
      for (const suite of suites.filter(isChosen)) {
        await tryOn(suite, surroundings);
      }
      if (isChosen('Dockerfile')) {
        await tryDockerfile(surroundings);
      }
    } finally {
      index.close();
      printTable();
    }
  });
}

await main(process.argv.slice(2));
