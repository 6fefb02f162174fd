/** A package that depends on tfjs-node, and a program that uses both: they stand for all that there are. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeFiles } from '../support/folders.js';
import type { Manager, Versions } from './managers.js';
import type { Installed } from './packages.js';
import { succeed } from './project.js';

const client = { name: 'client-of-tfjs-node', version: '1.0.0' };
const name = '@tensorflow/tfjs-node';
/** Not tfjs-node's: npm keeps an installed package of the wanted version, although package.json names another package. */
const aliasVersion = '4.22.1';
/** What a package.json asks for. */
export const alias = { [name]: `npm:@bobbin/tfjs-node@${aliasVersion}` };
const original = { [name]: '4.22.0' };

const withDependency = (tfjsNode: Versions) => ({
  dependencies: { ...tfjsNode, [client.name]: client.version },
});

/** What `package.json` of a project says that uses the client, and the alias everywhere in the place of tfjs-node. */
export const withAlias = (manager: Manager) => ({
  ...withDependency(alias),
  ...manager.overrides(alias),
});

/** The same project with tfjs-node itself. */
export const withTfjsNode = withDependency(original);

/** What `backendsIn` finds where there is no addon. */
export const withoutBobbin = [`@bobbin/tfjs-node@${aliasVersion}`, '@tensorflow/tfjs-core@4.22.0'];

/** Finds packages in a process of its own: Node remembers what it has read and resolved. */
const findChosen = `
const { createRequire } = require('node:module');
const requires = [require, createRequire(require.resolve('${client.name}'))];
JSON.stringify(requires.map((require) => require('${name}/package.json').name));
`;

/** The names of the packages that a project and its client get for tfjs-node's name. */
export async function chosenIn(project: string): Promise<string[]> {
  const { stdout } = await succeed([process.execPath, '--print', findChosen], project);
  return JSON.parse(stdout);
}

/** Packs the client into `folder` and returns the path of its tarball. */
export async function packClient(folder: string): Promise<string> {
  const needs = { [name]: '^4.0.0' };
  const source = path.join(folder, client.name);
  await writeFiles(source, {
    'package.json': JSON.stringify({ ...client, ...{ main: 'index.js', dependencies: needs } }),
    'index.js': "exports.tf = require('@tensorflow/tfjs-node');",
  });
  execFileSync('npm', ['pack', '--silent', source], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 2],
  });
  return path.join(folder, `${client.name}-${client.version}.tgz`);
}

const program = `
const tf = require('@tensorflow/tfjs-node');
const client = require('${client.name}');
const product = client.tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).arraySync();
const same = client.tf.engine() === tf.engine();
console.log(JSON.stringify({ backend: tf.getBackend(), same, product }));
`;

/** What the program of a project found, and the lines on its standard error. */
export interface Findings {
  found: {
    backend: string;
    /** Whether the client computes with the same engine. */
    same: boolean;
    /** The product of two matrices of ones, 2 × 3 and 3 × 2. */
    product: number[][];
  };
  lines: string[];
}

/** Runs a CommonJS program in a project that has the client. */
export async function runProgram(project: string): Promise<Findings> {
  writeFileSync(path.join(project, 'program.cjs'), program);
  const { stdout, stderr } = await succeed([process.execPath, 'program.cjs'], project);
  return { found: JSON.parse(stdout), lines: stderr.split('\n').filter((line) => line !== '') };
}

const backendNames = [
  ...['bobbin', '@bobbin/linux-x64', '@bobbin/tfjs-node'],
  ...['@tensorflow/tfjs-node', '@tensorflow/tfjs-core'],
];

/** Sorted `name@version` of Bobbin's and tfjs-node's packages and each copy of tfjs-core among the installed ones. */
export const backendsIn = (installed: Installed[]): string[] =>
  installed
    .filter(({ manifest }) => backendNames.includes(manifest.name))
    .map(({ manifest }) => `${manifest.name}@${manifest.version}`)
    .sort();
