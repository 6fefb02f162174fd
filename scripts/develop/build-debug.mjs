/** `npm run build:debug`: builds the addon for a debugger, beside the one that Bobbin loads by itself. */
import path from 'node:path';
import { compileAddon } from '../addon.mjs';
import { packageRoot } from '../root.mjs';
import { runScript } from '../run.mjs';
import { setup } from '../setup.mjs';

runScript('build:debug', () => {
  setup();
  const addon = path.relative(packageRoot, compileAddon('build-debug', 'Debug').file);
  console.log(`Use it with BOBBIN_ADDON=${addon}; CONTRIBUTING.md shows how to stop in it.`);
});
