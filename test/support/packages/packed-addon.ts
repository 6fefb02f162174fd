/** The package of the prebuilt addon, as `npm run pack:addon -- --out build-packages` makes it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readManifest } from '../../../scripts/develop/pack/staging.mjs';
import { nativeHash } from '../../../scripts/inputs.mjs';
import { packageRoot } from '../../../scripts/root.mjs';
import { temporaryFolder } from '../folders.js';

const { version } = readManifest(packageRoot);

export const addonTarball = path.join(
  packageRoot,
  `build-packages/bobbin-linux-x64-${version}.tgz`,
);

/** The folder of what the tarball contains; without a tarball, there is none. */
export const packedAddon = path.join(temporaryFolder(), 'package');
if (existsSync(addonTarball)) {
  execFileSync('tar', ['-xzf', addonTarball, '-C', path.dirname(packedAddon)]);
}

/**
 * Why there is no package of these sources, or false.
 * @throws Error with that reason, where `BOBBIN_PACKED=yes` says that it has just been made
 */
export function notPacked(): string | false {
  if (existsSync(packedAddon) && readManifest(packedAddon).nativeHash === nativeHash()) {
    return false;
  }
  const reason = 'needs the addon of these sources: npm run pack:addon -- --out build-packages';
  if (process.env.BOBBIN_PACKED === 'yes') {
    throw new Error(reason);
  }
  return reason;
}
