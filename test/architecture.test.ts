/** The order of the folders in docs/design.md: which may import which, in TypeScript and in C++. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '..');

/** Folders of `src` from left to right: each may import those to its left, only through their `index.ts`. */
const street = [
  'disk',
  'workers',
  'hub',
  'dataset',
  'synthetic',
  'pipeline',
  'tensorflow',
  'cluster',
  'graph',
  'model',
  'import',
  'features',
  'training',
  'prediction',
  'evaluation',
  'submission',
  'search',
  'export',
  'serve',
  'report',
  'cli',
];

/** Folders of `native`, each with the folders that it may include. */
const rooms: Record<string, string[]> = {
  'core/base': [],
  'core/kernels': ['core/base'],
  'core/decode': ['core/base', 'core/kernels'],
  'core/effects': ['core/base'],
  'core/recipe': ['core/base', 'core/effects'],
  'core/render': ['core/base', 'core/kernels', 'core/effects', 'core/recipe'],
  'core/read': ['core/base', 'core/decode', 'core/recipe', 'core/render'],
  'core/batch': ['core/base', 'core/read', 'core/recipe', 'core/render'],
  'core/load': ['core'],
  device: ['core'],
  cuda: ['core', 'device'],
  tensorflow: ['core/batch'],
  addon: ['core', 'device', 'tensorflow'],
};

const largestFolder = 20;

/** Files outside of `disk` that open files themselves, and why. */
const openers = {
  'src/dataset/files/tar-writer.ts': 'it opens new files, to write them',
  'src/dataset/prepare/hash-worker.mjs': 'a thread of JavaScript; it refuses special files itself',
  'src/serve/scratch-file.ts': 'it opens a new file without a name, to write it',
  'src/tensorflow/before-tfjs/core-copies.ts':
    'the alias has it without the folder disk; it reads a file of a copy of tfjs',
  'src/version.ts': 'it reads the package.json of Bobbin',
};

/** Files below `folder`, relative to the repository. */
const filesOf = (folder: string, kinds: RegExp): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((name) => kinds.test(name))
    .sort();

/** Relative imports of a TypeScript file, types included, as paths of sources. */
function importsOf(file: string, source: string): string[] {
  const words = /(?:\bfrom|^import|\bimport\()\s*'(\.[^']+)'/gm;
  return [...source.matchAll(words)].map(([, target]) =>
    path.join(path.dirname(file), target as string).replace(/\.js$/, '.ts'),
  );
}

/** The part of `src` that a file belongs to: a folder of the street, or '' for a file of the root. */
const roomOf = (file: string) => (file.split('/').length > 2 ? (file.split('/')[1] as string) : '');

/** Why a file of `src` may not import another one, or undefined. */
function objection(file: string, target: string): string | undefined {
  const [from, to] = [roomOf(file), roomOf(target)];
  const isPublicApi = file === 'src/index.ts';
  if (!target.startsWith('src/')) {
    return file === 'src/set-up.ts' ? undefined : 'only src/set-up.ts reaches outside of src';
  }
  if (from === to) {
    return undefined;
  }
  if (to === '') {
    return target === 'src/index.ts' ? 'nothing imports the public API' : undefined;
  }
  if (from === '' && !isPublicApi) {
    return 'a file that every stage needs depends on no stage';
  }
  if (!isPublicApi && street.indexOf(to) > street.indexOf(from)) {
    return `${to} is to the right`;
  }
  return target === `src/${to}/index.ts` ? undefined : `use src/${to}/index.ts`;
}

const objections = (file: string, source: string): string[] =>
  importsOf(file, source).flatMap((target) => {
    const reason = objection(file, target);
    return reason === undefined ? [] : [`${file} imports ${target}: ${reason}`];
  });

/** Whether a file of `native` may include a header: of its own folder, or of one in `rooms`. */
function mayInclude(file: string, header: string): boolean {
  const room = Object.keys(rooms).find((name) => file.startsWith(`native/${name}/`));
  return (
    room !== undefined && [room, ...(rooms[room] ?? [])].some((to) => header.startsWith(`${to}/`))
  );
}

test('when a folder of src imports another one, then that folder is to its left and is imported through its index', () => {
  const files = filesOf('src', /\.ts$/);
  assert.deepEqual([...new Set(files.map(roomOf))].sort(), ['', ...street].sort());
  const found = files.flatMap((file) =>
    objections(file, readFileSync(path.join(root, file), 'utf8')),
  );
  assert.deepEqual(found, []);
});

test('when a subfolder, the report or a root file imports a forbidden file, then the import is found', () => {
  const forbidden: [string, string][] = [
    ['src/training/optimizer/sgd.ts', "import { tf } from '../../tensorflow/backend.js';"],
    ['src/dataset/layouts/shards.ts', "export type { Loader } from '../../pipeline/index.js';"],
    ['src/report/table.ts', "import type { Entry } from '../cli/program.js';"],
    ['src/options.ts', "const cli = await import('./cli/main.js');"],
    ['src/native.ts', "import './pipeline/index.js';"],
    ['src/model/index.ts', "import { wheels } from '../../scripts/pins.mjs';"],
  ];
  for (const [file, source] of forbidden) {
    assert.equal(objections(file, source).length, 1, file);
  }
});

test('when a file outside of disk reads a file, then disk opens it, which refuses pipes and devices', () => {
  const opening =
    /^import (?!type )(\w|\{[^}]*\b(open|readFile|createReadStream))[^;]*'node:fs[/']/m;
  const found = filesOf('src', /\.(ts|mjs)$/).filter((file) =>
    opening.test(readFileSync(path.join(root, file), 'utf8')),
  );
  const outside = found.filter((file) => roomOf(file) !== 'disk');
  assert.deepEqual(outside, Object.keys(openers));
});

test('when a folder of native includes another one, then the order of the folders allows it', () => {
  const found = filesOf('native', /\.(cc|h|cu|cuh)$/).flatMap((file) => {
    const source = readFileSync(path.join(root, file), 'utf8');
    const headers = [...source.matchAll(/^#include "([^"]+)"/gm)].map(
      ([, header]) => header as string,
    );
    return headers
      .filter((header) => !mayInclude(file, header))
      .map((header) => `${file}: ${header}`);
  });
  assert.deepEqual(found, []);
  assert.ok(!mayInclude('native/core/decode/jpeg.cc', 'core/render/render.h'));
  assert.ok(!mayInclude('native/core/batch/ring.cc', 'device/base/device.h'));
});

test('when a script of set-up imports something, then it is there before anything is installed', () => {
  const found = filesOf('scripts', /^scripts\/(show\/)?[^/]+\.mjs$/).flatMap((file) => {
    const source = readFileSync(path.join(root, file), 'utf8');
    const modules = [...source.matchAll(/^(?:import|export (?!const)|} from).*?'([^']+)';$/gm)];
    return modules
      .filter(([, module = '']) => !/^(node:|\.\.?\/(show\/)?[^/]+\.mjs$)/.test(module))
      .map(([, module]) => `${file}: ${module}`);
  });
  assert.deepEqual(found, []);
});

test('when files are in a folder, then there are at most 20 of them', () => {
  const sources = ['src', 'native', 'scripts', 'test', 'bench'].flatMap((folder) =>
    filesOf(folder, /\.(ts|mjs|mts|cc|h|cu|cuh|c|py)$/),
  );
  const counts = new Map<string, number>();
  for (const file of sources) {
    const folder = path.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  assert.deepEqual(
    [...counts].filter(([, count]) => count > largestFolder),
    [],
  );
});
