/** Loads the C++ addon. Each stage declares the type of the part that it uses. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The right of JavaScript to a slot of the ring; opaque. `adoptBatch` and `release` end it. */
export type SlotLease = { readonly __slotLease: unique symbol };

const packageRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** The library of everything that needs CUDA. The addon opens it on machines with a GPU. */
export const cudaLibrary = path.join(packageRoot, 'cuda-build', 'bobbin_cuda.so');
let loaded: unknown;

/**
 * The addon, loaded on first use: the file that `$BOBBIN_ADDON` names, such as a debug build, or else set-up's.
 *
 * @throws an Error with the command to run when it cannot be loaded.
 */
export function native(): unknown {
  loaded ??= load(process.env.BOBBIN_ADDON);
  return loaded;
}

function load(chosen: string | undefined): unknown {
  const file = path.resolve(
    chosen ?? path.join(packageRoot, 'native-build', 'Release', 'bobbin.node'),
  );
  try {
    return createRequire(import.meta.url)(file);
  } catch (cause) {
    const remedy =
      chosen === undefined
        ? 'Run `npx bobbin setup` to build it, or `npx bobbin doctor` to see what is missing'
        : 'BOBBIN_ADDON names this file: unset it, or build the file';
    throw new Error(
      `Bobbin's native addon could not be loaded from ${file}: ${(cause as Error).message.split('\n')[0]}. ${remedy}.`,
      { cause },
    );
  }
}
