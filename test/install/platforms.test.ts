/** The alias where there is no addon: npm installs it as for macOS, Windows and musl, and tfjs's own backend computes. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pack as packBobbin } from '../../scripts/develop/pack/main.mjs';
import { pack as packAlias } from '../../scripts/develop/pack/tfjs-node.mjs';
import { temporaryFolder } from '../support/folders.js';
import { reachRegistry, skipIfUnreachable } from '../support/packages/npm.js';
import { backendsIn, packClient, runProgram, withAlias, withoutBobbin } from './client-package.js';
import { npm } from './managers.js';
import { install, makeProject } from './project.js';
import { startRegistry } from './registry.js';

/** `npm test` tries the first, `npm run test:install` all. */
const platforms = [
  ['--os', 'darwin', '--cpu', 'arm64'],
  ['--os', 'win32', '--cpu', 'x64'],
  ['--libc', 'musl'],
];

const product = [
  [3, 3],
  [3, 3],
];

/** Installs and runs the alias as for each platform. */
async function checkPlatforms(t: TestContext) {
  reachRegistry();
  const folder = temporaryFolder(t);
  const tarballs = [await packBobbin(folder), await packAlias(folder), await packClient(folder)];
  const registry = await startRegistry(tarballs);
  t.after(registry.close);
  const place = { folder, registry: registry.url, tools: '' };

  for (const options of process.env.BOBBIN_INSTALL === 'all' ? platforms : platforms.slice(0, 1)) {
    await t.test(options.join(' '), async () => {
      const project = makeProject(place, npm);
      const installed = await install(place, npm, project, withAlias(npm), options);
      assert.deepEqual(backendsIn(installed), withoutBobbin);
      const { found, lines } = await runProgram(project);
      assert.deepEqual(found, { backend: 'cpu', same: true, product });
      assert.equal(lines.length, 1, lines.join('\n'));
      assert.match(lines[0] as string, /^@bobbin\/tfjs-node: /);
    });
  }
}

test('when npm installs the alias as for another platform, then it leaves bobbin out and one line says what computes', (t) =>
  skipIfUnreachable(t, () => checkPlatforms(t)));
