/** Whether the packed addon fits the packed sources, as set-up will find them. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nativeHash } from '../../inputs.mjs';
import { work } from '../../run.mjs';
import { readManifest } from './staging.mjs';

/**
 * npm leaves out files with certain names, such as `*.orig`. Then no user would get the prebuilt addon.
 * @param {string} main the tarball of `bobbin`
 * @param {string} addon the tarball of `@bobbin/linux-x64`
 * @throws {Error} one sentence, when the addon was compiled from other sources
 */
export function checkFit(main, addon) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bobbin-'));
  try {
    const [sources = '', compiled = ''] = [main, addon].map((tarball, index) => {
      const place = path.join(folder, `${index}`);
      fs.mkdirSync(place);
      work('tar', ['-xzf', tarball, '-C', place]);
      return path.join(place, 'package');
    });
    const [expected, received] = [nativeHash([], sources), readManifest(compiled).nativeHash];
    if (received !== expected) {
      throw new Error(
        `Expected the hash ${expected} of the packed native/ and CMakeLists.txt for ${addon} but received ${received}; remove the files in native/ that npm pack leaves out`,
      );
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
