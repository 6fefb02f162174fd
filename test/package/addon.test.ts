/** The prebuilt addon that `npm run pack:addon` left in `build-packages`: its floor, what it shares with others, its package. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { publint } from 'publint';
import { loadFault } from '../../scripts/addon.mjs';
import { floorFault } from '../../scripts/develop/pack/addon.mjs';
import { checkFit } from '../../scripts/develop/pack/fit.mjs';
import { isNewer, readSharedObject } from '../../scripts/develop/pack/shared-object.mjs';
import { readManifest } from '../../scripts/develop/pack/staging.mjs';
import { nativeHash } from '../../scripts/inputs.mjs';
import { packageRoot } from '../../scripts/root.mjs';
import { temporaryFolder, writeFiles } from '../support/folders.js';
import { notPacked, packedAddon } from '../support/packages/packed-addon.js';

const addon = path.join(packedAddon, 'bobbin.node');
const built = path.join(packageRoot, 'native-build/Release/bobbin.node');
const skip = notPacked();

test('when versions are compared, then their parts are numbers', () => {
  assert.ok(isNewer('2.34', '2.4'));
  assert.ok(isNewer('3.4.11', '3.4'));
  assert.ok(!isNewer('2.27', '2.27'));
});

test('when the addon is packed, then it needs no newer system than TensorFlow, and no libjpeg', {
  skip,
}, () => {
  assert.equal(floorFault(addon), undefined);
  const { needed, runpath } = readSharedObject(addon);
  assert.deepEqual(
    needed.filter((name) => name.includes('jpeg')),
    [],
  );
  assert.deepEqual(runpath, ['$ORIGIN']);
});

test('when an addon is built for this system alone, then its floor is found to be too high', (t) => {
  const versions = readSharedObject(built).versions;
  if (!isNewer(versions.GLIBC ?? '', '2.28')) {
    return t.skip('needs a system with a newer glibc');
  }
  assert.match(floorFault(built) ?? '', / but received .*GLIBC_2\.\d\d and .*GLIBCXX_3\.4\.\d\d/);
});

test('when a library needs a version without a number, even for no symbol, then its floor is too high', (t) => {
  const library = path.join(temporaryFolder(t), 'library.so');
  const compile = (...flags: string[]) =>
    execFileSync('cc', ['-shared', '-fPIC', '-x', 'c', '-', ...flags, '-o', library], {
      input: 'int puts(const char *); static int x; int *p = &x; int f(void) { return puts(""); }',
    });
  compile();
  assert.equal(floorFault(library), undefined);
  compile('-Wl,-z,pack-relative-relocs');
  assert.match(floorFault(library) ?? '', / but received GLIBC_ABI_DT_RELR;/);
});

test('when npm pack leaves out a file of native/, then the addon does not fit the package', async (t) => {
  const place = temporaryFolder(t);
  const tarballOf = async (name: string, files: Record<string, string>) => {
    await writeFiles(path.join(place, name, 'package'), files);
    const file = path.join(place, `${name}.tgz`);
    execFileSync('tar', ['-czf', file, '-C', path.join(place, name), 'package']);
    return file;
  };
  const sources = { 'CMakeLists.txt': '', 'native/addon.cc': '' };
  const main = await tarballOf('main', sources);
  const ofSources = nativeHash([], path.join(place, 'main/package'));
  await writeFiles(path.join(place, 'main/package'), { 'native/addon.cc.orig': '' });
  const ofCheckout = nativeHash([], path.join(place, 'main/package'));
  const addonOf = (name: string, hash: string) =>
    tarballOf(name, { 'package.json': JSON.stringify({ nativeHash: hash }) });
  checkFit(main, await addonOf('same', ofSources));
  const other = await addonOf('other', ofCheckout);
  assert.throws(() => checkFit(main, other), {
    message: `Expected the hash ${ofSources} of the packed native/ and CMakeLists.txt for ${other} but received ${ofCheckout}; remove the files in native/ that npm pack leaves out`,
  });
});

test('when another libjpeg is in the process, then it meets no symbol of the addon', {
  skip,
}, () => {
  assert.deepEqual(readSharedObject(addon).exported.sort(), [
    'napi_register_module_v1',
    'node_api_module_get_api_version_v1',
  ]);
});

test('when the addon lies beside the libraries of TensorFlow, then it loads', { skip }, (t) => {
  const place = temporaryFolder(t);
  const libraries = readSharedObject(built).runpath[0] ?? '';
  for (const name of fs.readdirSync(libraries).filter((name) => name.includes('.so'))) {
    fs.symlinkSync(path.join(libraries, name), path.join(place, name));
  }
  const copy = path.join(place, 'bobbin.node');
  fs.copyFileSync(addon, copy);
  assert.equal(loadFault(copy), undefined);
  // Alone it does not.
  assert.match(loadFault(addon) ?? '', /libtensorflow_cc\.so\.2: cannot open shared object file/);
});

test('when the package is made, then publint is content, and it names its machine and its licences', {
  skip,
}, async () => {
  const { messages } = await publint({ pkgDir: packedAddon, pack: false, strict: true });
  assert.deepEqual(messages, []);
  const { name, version, os, cpu, libc, dependencies, scripts } = readManifest(packedAddon);
  const main = readManifest(packageRoot);
  assert.deepEqual(
    [name, version, os, cpu, libc, dependencies, scripts],
    ['@bobbin/linux-x64', main.version, ['linux'], ['x64'], ['glibc'], undefined, undefined],
  );
  const texts: [string, RegExp][] = [
    ['LICENSE', /MIT License/],
    ['licences/libjpeg-turbo/README.ijg', /Independent JPEG Group/],
    ['licences/libjpeg-turbo/LICENSE.md', /Modified \(3-clause\) BSD License/],
    ['licences/node-addon-api/LICENSE.md', /MIT License/i],
  ];
  for (const [file, text] of texts) {
    assert.match(fs.readFileSync(path.join(packedAddon, file), 'utf8'), text, file);
  }
});
