/** Lays tfjs itself, on its CPU or WASM backend, where programs look for tfjs-node. */
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const tfjs = require('@tensorflow/tfjs');
const wasm = require('@tensorflow/tfjs-backend-wasm');

/** `file://` addresses, which only tfjs-node has. */
const fromDisk = (address) =>
  typeof address === 'string' && address.startsWith('file://')
    ? { load: () => readModel(address.slice('file://'.length)) }
    : null;

async function readModel(file) {
  const json = JSON.parse(fs.readFileSync(file, 'utf8'));
  return tfjs.io.getModelArtifactsForJSON(json, async (groups) => {
    const parts = groups
      .flatMap(({ paths }) => paths)
      .map((name) => fs.readFileSync(path.join(path.dirname(file), name)));
    const { buffer, byteOffset, byteLength } = Buffer.concat(parts);
    return [
      groups.flatMap(({ weights }) => weights),
      buffer.slice(byteOffset, byteOffset + byteLength),
    ];
  });
}

/** @param {string} backend cpu or wasm */
exports.usePlainTfjs = async (backend) => {
  tfjs.io.registerLoadRouter(fromDisk);
  await tfjs.setBackend(backend);
  const name = require.resolve('@tensorflow/tfjs-node');
  require.cache[name] = Object.assign(new Module(name), {
    exports: { ...tfjs, ...wasm },
    loaded: true,
  });
};
