/** The package `@bobbin/linux-x64`: the addon, compiled for systems as old as TensorFlow's wheel runs on. */
import fs from 'node:fs';
import path from 'node:path';
import { compileAddon } from '../../addon.mjs';
import { nativeHash } from '../../inputs.mjs';
import { prebuiltPackage } from '../../prebuilt.mjs';
import { packageRoot } from '../../root.mjs';
import { buildLibjpeg } from './libjpeg.mjs';
import { isNewer, readSharedObject } from './shared-object.mjs';
import { buildFolder, packStage, readManifest, writeManifest } from './staging.mjs';
import { requireTools } from './tools.mjs';

/**
 * The newest versions of system libraries that the addon may need: glibc of 2018 and GCC 8's libstdc++, as RHEL 8 and Debian 10
 * have them.
 * @type {Record<string, string>}
 */
export const newestAllowed = { GLIBC: '2.28', GLIBCXX: '3.4.25', CXXABI: '1.3.11', GCC: '3.0' };

/** The only version of the symbols of TensorFlow's own libraries. */
const tensorflowMark = 'tensorflow';

/**
 * @param {string} out
 * @returns {Promise<string>} the path of the tarball
 * @throws {Error} one sentence, when the build lacks something, or its result needs a newer system than `newestAllowed`
 */
export async function pack(out) {
  requireTools({ readelf: 'binutils' });
  const hash = nativeHash();
  const { variables, licences } = buildLibjpeg();
  const build = path.join(buildFolder, 'addon-build');
  const { file: addon } = compileAddon(build, 'Release', ['BOBBIN_PREBUILT=ON', ...variables]);
  const fault = floorFault(addon);
  if (fault !== undefined) {
    throw new Error(fault);
  }
  return packStage(out, (folder) => {
    fs.copyFileSync(addon, path.join(folder, 'bobbin.node'));
    fs.copyFileSync(path.join(packageRoot, 'LICENSE'), path.join(folder, 'LICENSE'));
    copyLicences(folder, {
      'libjpeg-turbo': licences,
      'node-addon-api': [path.join(packageRoot, 'node_modules/node-addon-api/LICENSE.md')],
    });
    writeManifest(folder, manifest(hash));
  });
}

/**
 * That a shared library needs a newer system than is allowed, or undefined.
 * @param {string} file
 */
export function floorFault(file) {
  const { versions, marks } = readSharedObject(file);
  const tooNew = Object.entries(versions).filter(([set, version]) =>
    isNewer(version, newestAllowed[set] ?? '0'),
  );
  const refused = [
    ...tooNew.map(([set, version]) => `${set}_${version}`),
    ...marks.filter((mark) => mark !== tensorflowMark),
  ];
  const allowed = Object.entries(newestAllowed).map(([set, version]) => `${set}_${version}`);
  return refused.length === 0
    ? undefined
    : `Expected symbols up to ${allowed.join(', ')} for ${file} but received ${refused.join(' and ')}; native/prebuilt lists older versions`;
}

/**
 * Copies the texts for what is linked into the addon to `licences/NAME/`.
 * @param {string} folder
 * @param {Record<string, string[]>} licences
 */
function copyLicences(folder, licences) {
  for (const [name, files] of Object.entries(licences)) {
    const place = path.join(folder, 'licences', name);
    fs.mkdirSync(place, { recursive: true });
    for (const file of files) {
      fs.copyFileSync(file, path.join(place, path.basename(file)));
    }
  }
}

/** @param {string} hash */
function manifest(hash) {
  const { version, engines, os, cpu } = readManifest(packageRoot);
  return {
    name: prebuiltPackage,
    version,
    description: 'The native addon of bobbin for Linux on x86-64, with libjpeg-turbo.',
    license: 'MIT AND IJG AND BSD-3-Clause',
    engines,
    os,
    cpu,
    libc: ['glibc'],
    type: 'commonjs',
    exports: { './bobbin.node': './bobbin.node', './package.json': './package.json' },
    nativeHash: hash,
  };
}
