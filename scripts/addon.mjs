/** The C++ addon: says whether it is current, and builds it. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { tensorflowWheel } from './gpu.mjs';
import { wheelFolder } from './pins.mjs';
import { packageRoot } from './root.mjs';
import { ask, work } from './run.mjs';
import { hashInputs, isCurrent, writeStamp } from './stamp.mjs';

const folder = 'native-build';
const stamp = path.join(packageRoot, folder, '.bobbin-inputs');
const inputHash = () =>
  hashInputs(packageRoot, ['CMakeLists.txt', 'native'], [wheelFolder(tensorflowWheel())]);

/** The addon that Bobbin loads. */
export const addonFile = path.join(packageRoot, folder, 'Release', 'bobbin.node');

/** Whether the addon was built from these sources, and loads. */
export function inspectAddon() {
  if (!fs.existsSync(addonFile) || !isCurrent(stamp, inputHash())) {
    return { ok: false };
  }
  // In a process of its own: a library that crashes while it is loaded must not end doctor.
  const loads = ask(process.execPath, ['-e', 'require(process.argv[1])', addonFile]);
  return { ok: loads !== undefined };
}

/** Builds the addon. */
export function buildAddon() {
  compileAddon(folder, 'Release');
  writeStamp(stamp, inputHash());
}

/**
 * Compiles the addon to `folder/configuration/bobbin.node` below the package, and returns that path.
 * @param {string} folder
 * @param {'Release' | 'Debug'} configuration
 */
export function compileAddon(folder, configuration) {
  // cmake-js configures only where there is no cache, and so would keep to another TensorFlow.
  fs.rmSync(path.join(packageRoot, folder, 'CMakeCache.txt'), { force: true });
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const build = ['compile', '--out', folder, '--parallel', '2', '--config', configuration];
  const tensorflow = `--CDBOBBIN_TENSORFLOW_ROOT=${wheelFolder(tensorflowWheel())}`;
  work(process.execPath, [cmakeJs, ...build, tensorflow], { cwd: packageRoot });
  return path.join(packageRoot, folder, configuration, 'bobbin.node');
}
