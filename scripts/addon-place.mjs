/** Where the addon lies and for which cache it was laid down, by the record that set-up left. */
import fs from 'node:fs';
import path from 'node:path';
import { readRecord } from './record.mjs';
import { packageRoot } from './root.mjs';

/** The folder of the addon's record, below the package. */
export const addonOutput = 'native-build';
export const addonFolder = path.join(packageRoot, addonOutput);

/** The addon as it is built on this machine. */
export const builtFile = path.join(addonFolder, 'Release', 'bobbin.node');

const recordedFiles = () => Object.keys(readRecord(addonFolder)?.files ?? {});

/** The addon that Bobbin loads: the prebuilt one in the cache, or the one that was built here. */
export function addonFile() {
  const addon = recordedFiles().find((name) => name.endsWith('.node'));
  return addon === undefined ? builtFile : path.resolve(addonFolder, addon);
}

/** Whether set-up has laid down an addon, or one was built without a record. */
export const isSetUp = () => readRecord(addonFolder) !== undefined || fs.existsSync(builtFile);

/** The cache on whose TensorFlow the addon was built, or undefined. */
export function addonCache() {
  const library = recordedFiles().find((name) =>
    name.endsWith('/tensorflow/libtensorflow_cc.so.2'),
  );
  return library && path.resolve(library, '..', '..', '..');
}
