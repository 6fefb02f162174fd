/** The part of `npm run test:clients` that needs 65 MB of packages, under this version of Node. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipIfUnreachable } from '../support/packages/npm.js';
import { judge } from './clients.js';
import type { Photo } from './photo.js';
import { runProgram } from './programs.js';
import { setUp } from './set-up.js';

const skip =
  !process.features.require_module && 'programs in CommonJS use Bobbin from Node 20.19 or 22.12 on';

let photo: Promise<Photo> | undefined;
/** Sets the clients up, once. */
const prepare = () => {
  photo ??= setUp('small');
  return photo;
};

for (const client of ['nsfwjs', 'face-api']) {
  test(
    `when ${client} looks at a photo, then it gives tfjs’s answers and keeps no tensor`,
    {
      skip,
    },
    (t) =>
      skipIfUnreachable(t, async () => {
        const { numbers, faults } = await judge(client, await prepare());
        assert.ok(numbers > 0);
        assert.deepEqual(faults, []);
      }),
  );
}

for (const program of ['csv-regression', 'saved-model']) {
  test(`when ${program} runs on Bobbin, then it finds what it expects`, { skip }, (t) =>
    skipIfUnreachable(t, async () => {
      await prepare();
      await runProgram(program);
    }),
  );
}
