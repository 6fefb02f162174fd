/** Loads the C++ addon. Each stage declares the type of the part that it uses. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { addonFault, addonFile, isSetUp, notSetUp, wayOut } from './set-up.js';

/** The right of JavaScript to a slot of the ring; opaque. `adoptBatch` and `release` end it. */
export type SlotLease = { readonly __slotLease: unique symbol };

const packageRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** The library of everything that needs CUDA. The addon opens it on machines with a GPU. */
export const cudaLibrary = path.join(packageRoot, 'cuda-build', 'bobbin_cuda.so');
let loaded: unknown;

/**
 * The addon, loaded on first use: the file that `$BOBBIN_ADDON` names, such as a debug build, or else set-up's.
 *
 * @throws an Error with the cause and what to do when it cannot be loaded. Damaged files are found before, by size and time.
 */
export function native(): unknown {
  loaded ??= load(process.env.BOBBIN_ADDON);
  return loaded;
}

function load(chosen: string | undefined): unknown {
  if (chosen === undefined) {
    if (!isSetUp()) {
      throw new Error(`${notSetUp()}.`);
    }
    const fault = addonFault();
    if (fault !== undefined) {
      throw new Error(`${notLoaded}: ${fault}. ${addonWayOut(fault)}.`);
    }
  }
  const file = path.resolve(chosen ?? addonFile());
  try {
    return createRequire(import.meta.url)(file);
  } catch (cause) {
    const [reason = ''] = (cause as Error).message.split('\n');
    const remedy =
      chosen === undefined
        ? addonWayOut(reason)
        : 'BOBBIN_ADDON names this file: unset it, or build the file';
    throw new Error(`${notLoaded} from ${file}: ${reason}. ${remedy}.`, { cause });
  }
}

const notLoaded = "Bobbin's native addon could not be loaded";

const addonWayOut = (fault: string) =>
  `To mend it, ${wayOut(fault)}; \`npx bobbin doctor\` shows every part`;
