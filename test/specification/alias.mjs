/** Installs @bobbin/tfjs-node, under the name of the package that it stands in for, beside the bundles. */
import fs from 'node:fs';
import path from 'node:path';
import { stage } from '../../scripts/develop/pack/tfjs-node.mjs';
import { packageRoot } from '../../scripts/root.mjs';

export const specificationFolder = path.join(packageRoot, 'build-specification');
export const aliasFolder = path.join(specificationFolder, 'node_modules/@tensorflow/tfjs-node');

/** The alias finds this checkout as its package `bobbin`. */
export function installAlias() {
  const modules = path.join(specificationFolder, 'node_modules');
  fs.rmSync(modules, { recursive: true, force: true });
  stage(aliasFolder);
  fs.symlinkSync(packageRoot, path.join(modules, 'bobbin'));
}
