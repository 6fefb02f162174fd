/** The package as programs of TypeScript and of CommonJS use it, under four versions of Node: `npm run test:install`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { addonFile } from '../../scripts/addon-place.mjs';
import { pack as packBobbin } from '../../scripts/develop/pack/main.mjs';
import { pack as packAlias } from '../../scripts/develop/pack/tfjs-node.mjs';
import { packageRoot } from '../../scripts/root.mjs';
import { programsOf, shortened } from '../package/programs.mjs';
import { allResolutions, compile, writePrograms } from '../package/typescript.js';
import { temporaryFolder } from '../support/folders.js';
import { installLocked, npm, skipIfUnreachable } from '../support/packages/npm.js';

const skip = process.env.BOBBIN_INSTALL !== 'all' && '`npm run test:install` runs it';

/** Which of both packages and of both entries share one Bobbin, as JSON. */
const both = `
const required = require('bobbin');
const stage = require('bobbin/tensorflow');
const alias = require('@tensorflow/tfjs-node');
Promise.all([import('bobbin'), import('bobbin/tensorflow')]).then(([bobbin, imported]) => {
  const product = bobbin.jit((x) => required.tf.mul(x, 2))(alias.tensor([3]));
  const one = [stage, bobbin, imported].every(({ jit }) => jit === required.jit);
  const engine = alias.engine() === bobbin.tf.engine();
  console.log(JSON.stringify([one, engine, alias.getBackend(), ...product.dataSync()]));
});`;

/** A program of README.md as CommonJS. */
const asCommonJs = (program: string) =>
  `(async () => {${program
    .replace(/import \* as (\w+) from ('[^']+')/g, 'const $1 = require($2)')
    .replace(/import (\{[^}]+\}) from ('[^']+')/g, 'const $1 = require($2)')}})();`;

/** Packs both packages, and installs them as a user would. */
async function makeProject(t: TestContext): Promise<[project: string, tarballs: string[]]> {
  const project = temporaryFolder(t);
  const tarballs = [await packBobbin(project), await packAlias(project)];
  const [bobbin, alias] = tarballs.map((file) => `file:${file}`);
  const dependencies = { bobbin, '@tensorflow/tfjs-node': alias };
  writeFileSync(
    path.join(project, 'package.json'),
    JSON.stringify({ private: true, dependencies }),
  );
  npm(project, 'install', '--ignore-scripts');
  return [project, tarballs];
}

async function checkConsumers(t: TestContext) {
  const programs = programsOf('README.md');
  const source = path.join(import.meta.dirname, 'consumers');
  const tools = installLocked(source, path.join(packageRoot, 'build-consumers'));
  const [project, tarballs] = await makeProject(t);
  const run = (program: string, args: string[], cwd = project) =>
    execFileSync(program, args, {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, BOBBIN_ADDON: addonFile() },
    });

  await t.test('attw has nothing to say', () => {
    const attw = path.join(tools, '@arethetypeswrong/cli/dist/index.js');
    // Without TypeScript's `node10`, which knows no `exports`. The rule is checked under it all the same; under the others,
    // `npm test` reads all declarations.
    const options = ['--profile', 'node16', '--ignore-rules', 'internal-resolution-error'];
    for (const tarball of tarballs) {
      run(process.execPath, [attw, tarball, ...options]);
    }
  });

  writePrograms(project);
  for (const typescript of [
    path.join(packageRoot, 'node_modules/typescript'),
    path.join(tools, 'typescript-5'),
  ]) {
    const { version } = JSON.parse(readFileSync(path.join(typescript, 'package.json'), 'utf8'));
    await t.test(`TypeScript ${version} compiles the programs of README.md`, () => {
      for (const resolution of allResolutions) {
        assert.equal(compile(project, path.join(typescript, 'bin/tsc'), resolution), '');
      }
    });
  }

  writeFileSync(path.join(project, 'both.cjs'), both);
  writeFileSync(path.join(project, 'program.cjs'), asCommonJs(shortened(programs[0] ?? '')));
  for (const version of [20, 22, 24, 26]) {
    const node = path.join(tools, `node-${version}/bin/node`);
    await t.test(`Node ${run(node, ['--version']).trim()} requires and imports one Bobbin`, () => {
      assert.equal(run(node, ['both.cjs']), '[true,true,"tensorflow",6]\n');
    });
    await t.test(
      `Node ${version} runs the programs of README.md, compiled, and as CommonJS`,
      (t) => {
        const place = temporaryFolder(t);
        for (const index of programs.keys()) {
          run(node, [path.join(project, `compiled/program${index + 1}.mjs`)], place);
        }
        const scores = run(node, [path.join(project, 'program.cjs')], temporaryFolder(t));
        assert.match(scores, /^accuracy [01]/m);
      },
    );
  }
}

test(
  'when programs require or import the package, under any resolution and Node, then they compile and run',
  { skip },
  (t) => skipIfUnreachable(t, () => checkConsumers(t)),
);
