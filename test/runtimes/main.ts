/** `npm run test:runtimes`: packs Bobbin, installs it in a project, and runs programs of tfjs-node's users in other runtimes. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { addonFile } from '../../scripts/addon-place.mjs';
import { pack as packMain } from '../../scripts/develop/pack/main.mjs';
import { readManifest } from '../../scripts/develop/pack/staging.mjs';
import { pack as packTfjsNode } from '../../scripts/develop/pack/tfjs-node.mjs';
import { packageRoot } from '../../scripts/root.mjs';
import { runScript } from '../../scripts/run.mjs';
import { installLocked, npm } from '../support/packages/npm.js';

const build = path.join(packageRoot, 'build-runtimes');
const tools = installLocked(import.meta.dirname, path.join(build, 'tools'));
const project = path.join(build, 'project');
const tool = (name: string) => path.join(tools, name);
const { dependencies: versions } = readManifest(import.meta.dirname);
const programs = ['kernels.cjs', 'modules.mjs', 'steps.mjs'];
const { execPath } = process;

const runtimes: { title: string; commands: string[][] }[] = [
  {
    title: `Bun ${versions['@oven/bun-linux-x64']}`,
    commands: programs.map((program) => [tool('@oven/bun-linux-x64/bin/bun'), program]),
  },
  {
    title: `Deno ${versions['@deno/linux-x64-glibc']}`,
    commands: programs.map((program) => [
      tool('@deno/linux-x64-glibc/deno'),
      ...['run', '--allow-all', program],
    ]),
  },
  {
    title: `Jest ${versions.jest}`,
    commands: [[execPath, tool('jest/bin/jest.js'), '--testMatch', '**/*.spec.cjs']],
  },
  ...['forks', 'threads'].map((pool) => ({
    title: `Vitest ${versions.vitest}, pool ${pool}`,
    commands: [
      [
        execPath,
        tool('vitest/vitest.mjs'),
        // Loading all of tfjs takes more than Vitest's five seconds on a busy machine.
        ...['run', 'kernels.spec.mjs', '--pool', pool, '--testTimeout', '60000'],
      ],
    ],
  })),
];

/** Installs the packages as a user would. The addon is the checkout's. */
async function makeProject() {
  fs.rmSync(project, { recursive: true, force: true });
  fs.cpSync(path.join(packageRoot, 'test/tfjs-node/programs'), project, { recursive: true });
  const dependencies = {
    bobbin: `file:${await packMain(project)}`,
    '@tensorflow/tfjs-node': `file:${await packTfjsNode(project)}`,
  };
  const manifest = { private: true, dependencies };
  fs.writeFileSync(path.join(project, 'package.json'), JSON.stringify(manifest));
  npm(project, 'install', '--ignore-scripts');
  fs.symlinkSync(tool('vitest'), path.join(project, 'node_modules/vitest'));
}

function passes([command = '', ...args]: string[]): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, BOBBIN_ADDON: addonFile() },
  });
  if (status !== 0) {
    console.log(stdout + stderr);
  }
  return status === 0;
}

async function main(): Promise<number> {
  await makeProject();
  let failed = false;
  for (const { title, commands } of runtimes) {
    const passed = commands.filter(passes).length;
    failed ||= passed < commands.length;
    console.log(`${title}: ${passed} of ${commands.length} passed`);
  }
  return failed ? 1 : 0;
}

runScript('test:runtimes', main);
