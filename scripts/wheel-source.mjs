/** Chooses where wheels come from: pip, or an index that the environment names, read by Node. */
import { ask } from './run.mjs';

/** What to do where there is neither, without a capital letter or a full stop. */
export const sourceRemedy =
  'install Python 3 with pip, or set BOBBIN_INDEX to the address of a simple index (PEP 503)';

/** The versions of Python and pip, or undefined if one of them is missing. */
export function pipVersion() {
  // pip's own command line takes several times as long to start.
  const program =
    'import platform, pip; print(platform.python_version() + ", pip " + pip.__version__)';
  return ask('python3', ['-c', program]);
}

/**
 * The addresses of the indexes that the environment names for Node: `BOBBIN_INDEX` alone, else those that pip would ask.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function namedIndexes({ BOBBIN_INDEX, PIP_INDEX_URL, PIP_EXTRA_INDEX_URL } = process.env) {
  const addresses = BOBBIN_INDEX ? [BOBBIN_INDEX] : [PIP_INDEX_URL, PIP_EXTRA_INDEX_URL];
  return addresses.flatMap((address) => address?.split(/\s+/) ?? []).filter(Boolean);
}

/**
 * What downloads the wheels. With `BOBBIN_INDEX`, Node does; otherwise pip; without pip, Node from pip's own indexes.
 * @returns {'pip' | 'index' | undefined} undefined if wheels can be had from neither
 */
export function wheelSource() {
  if (process.env.BOBBIN_INDEX) {
    return 'index';
  }
  if (pipVersion() !== undefined) {
    return 'pip';
  }
  return namedIndexes().length > 0 ? 'index' : undefined;
}
