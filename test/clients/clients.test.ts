/** The part of `npm run test:clients` that needs 65 MB of packages, under this version of Node. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './clients.js';
import type { Photo } from './photo.js';
import { runProgram } from './programs.js';
import { RegistryUnreachable, setUp } from './set-up.js';

/** The photo, or why there is none. */
async function prepare(): Promise<Photo | string> {
  if (!process.features.require_module) {
    return 'programs in CommonJS use Bobbin from Node 20.19 or 22.12 on';
  }
  try {
    return await setUp('small');
  } catch (error) {
    if (error instanceof RegistryUnreachable) {
      return error.message;
    }
    throw error;
  }
}

const prepared = await prepare();
const skip = typeof prepared === 'string' && prepared;

for (const client of ['nsfwjs', 'face-api']) {
  test(`when ${client} looks at a photo, then it gives tfjs’s answers and keeps no tensor`, {
    skip,
  }, async () => {
    const { numbers, faults } = await judge(client, prepared as Photo);
    assert.ok(numbers > 0);
    assert.deepEqual(faults, []);
  });
}

for (const program of ['csv-regression', 'saved-model']) {
  test(`when ${program} runs on Bobbin, then it finds what it expects`, { skip }, async () => {
    await runProgram(program);
  });
}
