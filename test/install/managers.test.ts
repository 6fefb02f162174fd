/** Bobbin and its alias as npm, pnpm and yarn install them on this machine: `npm run test:install`. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { skipIfUnreachable } from '../support/packages/npm.js';
import {
  backendsIn,
  chosenIn,
  runProgram,
  withAlias,
  withoutBobbin,
  withTfjsNode,
} from './client-package.js';
import { type Manager, managers, npm } from './managers.js';
import { type Installed, installedIn, withInstallScript } from './packages.js';
import { clear, install, makeProject, type Place, succeed } from './project.js';
import { inSetting } from './setting.js';

const skip = process.env.BOBBIN_INSTALL !== 'all' && '`npm run test:install` tries every manager';

/** It prints a request for donations; @tensorflow/tfjs needs the package in old browsers. */
const harmless = ['core-js@3.29.1'];

const find = (installed: Installed[], name: string) =>
  installed.find(({ manifest }) => manifest.name === name);

/** Installs Bobbin, which brings its addon and no script of its own. */
async function checkBobbin(place: Place, manager: Manager) {
  const project = makeProject(place, manager);
  const installed = await install(place, manager, project, { dependencies: { bobbin: '*' } });
  const [bobbin, addon] = ['bobbin', '@bobbin/linux-x64'].map((name) => find(installed, name));
  assert.ok(bobbin && addon);
  assert.equal(addon.manifest.version, bobbin.manifest.version);
  assert.deepEqual(withInstallScript(installed), harmless);
}

/** Installs a client of tfjs-node with the alias, runs it, and goes back to tfjs-node. */
async function checkAlias(place: Place, manager: Manager) {
  const project = makeProject(place, manager);
  const installed = await install(place, manager, project, withAlias(manager));
  const bobbin = find(installed, 'bobbin') as Installed;
  assert.deepEqual(backendsIn(installed), [
    `@bobbin/linux-x64@${bobbin.manifest.version}`,
    ...withoutBobbin,
    `bobbin@${bobbin.manifest.version}`,
  ]);
  await succeed([process.execPath, 'dist/cli/main.js', 'setup'], bobbin.folder);
  const { found } = await runProgram(project);
  const row = [3, 3];
  assert.deepEqual(found, { backend: 'tensorflow', same: true, product: [row, row] });

  // pnpm and yarn 1 keep for the client what the lock file has, since the alias fits its range.
  clear(project, place, manager);
  // tfjs-node's own script would fetch its binary.
  await install(place, manager, project, withTfjsNode, manager.withoutScripts);
  assert.deepEqual(await chosenIn(project), ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node']);
}

/** Goes from tfjs-node to the alias and back by package.json alone. */
async function checkSwitch(place: Place) {
  const project = makeProject(place, npm);
  for (const [fields, chosen] of [
    [withTfjsNode, '@tensorflow/tfjs-node'],
    [withAlias(npm), '@bobbin/tfjs-node'],
    [withTfjsNode, '@tensorflow/tfjs-node'],
  ] as const) {
    await install(place, npm, project, fields, npm.withoutScripts);
    assert.deepEqual(await chosenIn(project), [chosen, chosen]);
  }
}

/** Installs on a Mac what the lock file of this machine says. */
async function checkLockFile(place: Place) {
  const project = makeProject(place, npm);
  await install(place, npm, project, withAlias(npm));
  await succeed(['npm', 'ci', '--os', 'darwin', '--cpu', 'arm64'], project);
  assert.deepEqual(backendsIn(installedIn(project)), withoutBobbin);
}

/** Installs by every manager. */
const checkManagers = (t: TestContext) =>
  inSetting(async (place) => {
    for (const manager of managers) {
      await t.test(`bobbin by ${manager.name}`, () => checkBobbin(place, manager));
      await t.test(`the alias by ${manager.name}`, () => checkAlias(place, manager));
    }
    await t.test('from tfjs-node to the alias and back by npm', () => checkSwitch(place));
    await t.test("npm's lock file on another platform", () => checkLockFile(place));
  });

test(
  'when npm, pnpm and yarn install the packages, then each picks the addon and gives clients the alias',
  {
    skip,
  },
  (t) => skipIfUnreachable(t, () => checkManagers(t)),
);
