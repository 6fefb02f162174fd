/** Loads the C++ addon; a load failure says what to do about it. Each stage gives what it takes of the addon its type. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A slot of the ring held by JavaScript; opaque. Handing it to `adoptBatch` or `release` ends the lease. */
export type SlotLease = { readonly __slotLease: unique symbol };

const packageRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** The part that needs CUDA, which not every machine has; the addon opens it. */
export const cudaLibrary = path.join(packageRoot, 'cuda-build', 'bobbin_cuda.so');
let loaded: unknown;

/** The addon, loaded on first use. */
export function native(): unknown {
  loaded ??= load(path.join(packageRoot, 'native-build', 'Release', 'bobbin.node'));
  return loaded;
}

function load(file: string): unknown {
  try {
    return createRequire(import.meta.url)(file);
  } catch (cause) {
    throw new Error(
      `Bobbin's native addon could not be loaded from ${file}: ${(cause as Error).message}. Run \`npx bobbin setup\` to build it, or \`npx bobbin doctor\` to see what is missing.`,
      { cause },
    );
  }
}
