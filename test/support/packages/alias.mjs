/** @bobbin/tfjs-node under the name of the package that it stands in for. */
import fs from 'node:fs';
import path from 'node:path';
import { stage } from '../../../scripts/develop/pack/tfjs-node.mjs';
import { packageRoot } from '../../../scripts/root.mjs';

/**
 * Lays the alias and, unless `bobbin` is false, this checkout as `bobbin` in a folder `node_modules`, in place of what is there.
 * @param {string} modules
 * @param {{bobbin?: boolean}} [options]
 */
export function layAlias(modules, { bobbin = true } = {}) {
  const alias = path.join(modules, '@tensorflow', 'tfjs-node');
  const link = path.join(modules, 'bobbin');
  fs.rmSync(alias, { recursive: true, force: true });
  fs.rmSync(link, { force: true });
  stage(alias);
  if (bobbin) {
    fs.symlinkSync(packageRoot, link);
  }
}
