/** Projects of users of tfjs-node: they require `@tensorflow/tfjs-node` and get `@bobbin/tfjs-node`. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { temporaryFolder } from './folders.js';
import { layAlias } from './packages/alias.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** Scopes of npm packages, whose members are linked one by one. */
const scopes = ['@tensorflow', '@types'];

/** Backends that come with Bobbin alone. */
const backends = /^tfjs-backend-(wasm|webgpu)$/;

/**
 * A folder with the programs of `test/tfjs-node`, the alias package, links to the npm packages of the checkout and, unless
 * `bobbin` is false, the checkout as `bobbin` and what comes with it. It is removed after the test `t`, or without one after all tests of the file.
 */
export function tfjsNodeProject(t?: TestContext, { bobbin = true } = {}): string {
  const project = temporaryFolder(t);
  const modules = path.join(project, 'node_modules');
  for (const scope of ['', ...scopes]) {
    mkdirSync(path.join(modules, scope), { recursive: true });
    for (const name of readdirSync(path.join(root, 'node_modules', scope))) {
      const isThere = bobbin || !backends.test(name);
      if (isThere && !name.startsWith('.') && !scopes.includes(name)) {
        symlinkSync(path.join(root, 'node_modules', scope, name), path.join(modules, scope, name));
      }
    }
  }
  layAlias(modules, { bobbin });
  cpSync(path.join(root, 'test/tfjs-node/programs'), project, { recursive: true });
  return project;
}

export interface Ran {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs Node in the project. */
export function runNode(project: string, args: string[], env: NodeJS.ProcessEnv = {}): Ran {
  return spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}
