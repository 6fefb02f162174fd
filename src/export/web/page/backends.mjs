/** The backends of tfjs that the page offers. Each is loaded when it is chosen. */

/** tfjs, as its script leaves it. */
const tf = () => /** @type {any} */ (globalThis).tf;

/** @type {Record<string, () => Promise<void>>} */
const scripts = {
  async wasm() {
    await script('tfjs/tf-backend-wasm.min.js');
    tf().wasm.setWasmPaths('tfjs/');
  },
  async webgl() {},
  webgpu: () => script('tfjs/tf-backend-webgpu.min.js'),
};

/** The backend that is chosen on the page. @returns {string} */
export const choose = () =>
  /** @type {HTMLInputElement} */ (document.querySelector('[name=backend]:checked')).value;

/**
 * Lets tfjs compute on a backend from now on.
 *
 * @param {string} name
 */
export async function start(name) {
  await scripts[name]();
  const isThere = await tf()
    .setBackend(name)
    .catch(() => false);
  if (!isThere) {
    throw new Error(`This browser does not have ${name}: choose another way to compute.`);
  }
  await tf().ready();
}

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/** Loads a script, once unless that fails. @param {string} address */
function script(address) {
  const known = loaded.get(address);
  const loading =
    known ??
    new Promise((resolve, reject) => {
      const element = Object.assign(document.createElement('script'), { src: address });
      element.addEventListener('load', () => resolve());
      element.addEventListener('error', () => {
        // The network may be back when it is asked for again.
        loaded.delete(address);
        reject(new Error(`Could not load ${address}`));
      });
      document.head.append(element);
    });
  loaded.set(address, loading);
  return loading;
}
