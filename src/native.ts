/** Loads the C++ addon; if that fails, the error says what to do. Each stage types the part of the addon that it uses. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A slot of the ring held by JavaScript; opaque. Handing it to `adoptBatch` or `release` ends the lease. */
export type SlotLease = { readonly __slotLease: unique symbol };

const packageRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** The part that needs CUDA, which not every machine has. The addon opens it. */
export const cudaLibrary = path.join(packageRoot, 'cuda-build', 'bobbin_cuda.so');
let loaded: unknown;

/** The addon, loaded on first use: the file that `$BOBBIN_ADDON` names, such as a debug build, or else set-up's. */
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
