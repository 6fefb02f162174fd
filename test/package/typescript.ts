/** A user's TypeScript project: the programs of README.md under the settings that `tsc --init` writes. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { programsOf, shortened } from './programs.mjs';

/** TypeScript's settings by which programs find a package's declarations. */
const resolutions = {
  node16: { module: 'node16' },
  nodenext: { module: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
} as const;

export type Resolution = keyof typeof resolutions;

export const allResolutions = Object.keys(resolutions) as Resolution[];

/** What TypeScript 7 and 5.9 write for `tsc --init`, without what concerns output and React. */
const initial = {
  target: 'esnext',
  types: [],
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  strict: true,
  isolatedModules: true,
  noUncheckedSideEffectImports: true,
  moduleDetection: 'force',
  skipLibCheck: true,
};

const misspelt = `
import type { TrainOptions } from 'bobbin';

// @ts-expect-error
export const model: TrainOptions['model'] = { network: 'mobilenet-v2', fit: 'stretch' };
// @ts-expect-error
export const options: Partial<TrainOptions> = { epoch: 3 };
`;

/** A network may be the path of an imported one. Ranges in variables are arrays for TypeScript. */
const ranges = `
import { type TrainOptions, train } from 'bobbin';

const augmentation = { area: [0.4, 1], rotation: 10 };
export const trainOn = (data: TrainOptions, network: string) =>
  train({ ...data, augmentation, model: { network } });
`;

/** A property may be `undefined`, which counts as left out. */
const undecided = `
import { type TrainOptions, predict, train } from 'bobbin';

declare const few: boolean;
const augmentation = { flip: few ? 0 : undefined };
export const trainOn = (data: TrainOptions) =>
  train({ ...data, augmentation, epochs: few ? 2 : undefined, resume: few ? true : undefined });
export const predictFrom = (files: string[]) =>
  predict({ files, batchSize: few ? 1 : undefined, fallback: undefined });
`;

const required = `
import { jit, tf } from 'bobbin';
import stage = require('bobbin/tensorflow');

export const doubled = jit((x) => stage.tf.mul(x, 2))(tf.tensor([3]));
`;

/** Writes programs into a project: `program1.mts` … of README.md, those of two pages, and some that test the types. */
export function writePrograms(project: string): void {
  const named = (name: string, texts: string[]) =>
    texts.map((text, index) => [`${name}${index + 1}.mts`, text]);
  const files = Object.fromEntries([
    ...named('program', programsOf('README.md').map(shortened)),
    ...named('example', programsOf('docs/programs.md')),
    ...named('page', programsOf('docs/typescript.md', 'ts')),
    ...named('test', [misspelt, ranges, undecided]),
    ['required.cts', required],
  ]);
  for (const [name, text] of Object.entries<string>(files)) {
    writeFileSync(path.join(project, name), text);
  }
}

/** Compiles the programs with TypeScript's program `tsc` into `compiled/`, and returns what it prints. */
export function compile(project: string, tsc: string, resolution: Resolution): string {
  const config = path.join(project, `tsconfig.${resolution}.json`);
  const compilerOptions = { ...initial, ...resolutions[resolution], outDir: 'compiled' };
  // A bundler knows no `import … = require`.
  const include = resolution === 'bundler' ? ['*.mts'] : ['*.mts', '*.cts'];
  writeFileSync(config, JSON.stringify({ compilerOptions, include }));
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', config], {
    cwd: project,
    encoding: 'utf8',
  });
  return stdout;
}
