/** @bobbin/tfjs-node, under the name of the package that it stands in for, beside the bundles. */
import path from 'node:path';
import { packageRoot } from '../../scripts/root.mjs';
import { layAlias } from '../support/packages/alias.mjs';

export const specificationFolder = path.join(packageRoot, 'build-specification');
const modules = path.join(specificationFolder, 'node_modules');
export const aliasFolder = path.join(modules, '@tensorflow/tfjs-node');

export const installAlias = () => layAlias(modules);
