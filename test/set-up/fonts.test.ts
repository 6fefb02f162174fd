/** What doctor says of fonts, by what sharp really draws with those that a configuration of fontconfig names. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { inspectFonts } from '../../scripts/doctor.mjs';
import { temporaryFolder } from '../support/folders.js';

const folder = temporaryFolder();

/** The finding with the fonts of `folders` alone. */
function inspectWith(...folders: string[]) {
  const file = path.join(folder, 'fonts.conf');
  const cache = `<cachedir>${path.join(folder, 'cache')}</cachedir>`;
  const names = folders.map((name) => `<dir>${name}</dir>`).join('');
  writeFileSync(file, `<fontconfig>${names}${cache}</fontconfig>`);
  const before = process.env.FONTCONFIG_FILE;
  process.env.FONTCONFIG_FILE = file;
  try {
    return inspectFonts();
  } finally {
    if (before === undefined) {
      delete process.env.FONTCONFIG_FILE;
    } else {
      process.env.FONTCONFIG_FILE = before;
    }
  }
}

test('when the machine has no font, then doctor names the letters that become boxes, and the packages', () => {
  assert.deepEqual(inspectWith(), {
    ok: false,
    optional: true,
    remedy:
      'boxes in pictures for Chinese, Japanese, Korean, emoji: apt-get install fonts-noto-cjk fonts-symbola (as root)',
  });
});

const others = ['/usr/share/fonts/opentype/noto', '/usr/share/fonts/truetype/ancient-scripts'];

test('when there are fonts for all letters, then doctor says that they are drawn', {
  skip: others.every((name) => existsSync(name)) ? false : `${others.join(' or ')} is missing`,
}, () => {
  assert.equal(inspectWith(...others).ok, true);
});
