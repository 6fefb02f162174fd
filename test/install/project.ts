/** A project of somebody who installs the packages: a folder with a `package.json`, and a package manager. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Manager } from './managers.js';
import { type Installed, installedIn } from './packages.js';

export interface Output {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The environment without what `npm run` tells its children: that would configure the npm of the tests. */
export const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')),
);

/** Runs a command beside the registry of this process, and collects its output. */
export function run(
  [command = '', ...args]: string[],
  cwd: string,
  env: NodeJS.ProcessEnv = environment,
): Promise<Output> {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => {
    output.stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    output.stderr += piece;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
}

/** As `run`, but a command that fails is an error with all that it printed. */
export async function succeed(
  words: string[],
  cwd: string,
  env: NodeJS.ProcessEnv = environment,
): Promise<Output> {
  const output = await run(words, cwd, env);
  if (output.code !== 0) {
    const printed = output.stdout + output.stderr;
    throw new Error(`\`${words.join(' ')}\` failed with ${output.code}:\n${printed}`);
  }
  return output;
}

/** Where projects are made, and what they install from. */
export interface Place {
  folder: string;
  /** The address of the registry. */
  registry: string;
  /** The `node_modules` with the pinned package managers. */
  tools: string;
}

/** Makes an empty project for `manager`, and returns its folder. */
export function makeProject({ folder, registry }: Place, manager: Manager): string {
  const project = mkdtempSync(path.join(folder, 'project-'));
  configure(project, manager, registry);
  return project;
}

function configure(project: string, manager: Manager, registry: string) {
  for (const [name, text] of Object.entries(manager.files(registry))) {
    writeFileSync(path.join(project, name), text);
  }
}

/** Removes what is installed in a project, and every lock file. */
export function clear(project: string, { registry }: Place, manager: Manager): void {
  for (const name of ['node_modules', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock']) {
    rmSync(path.join(project, name), { recursive: true, force: true });
  }
  configure(project, manager, registry);
}

/** Writes a project's `package.json` with these fields, and installs what it names; the project may be installed already. */
export async function install(
  { tools }: Place,
  manager: Manager,
  project: string,
  fields: object,
  options: string[] = [],
): Promise<Installed[]> {
  const manifest = { name: 'somebody', version: '1.0.0', private: true, ...fields };
  writeFileSync(path.join(project, 'package.json'), JSON.stringify(manifest));
  await succeed([...manager.command(tools), ...manager.install, ...options], project);
  return installedIn(project);
}
