/** Bobbin's TensorFlow stage, or what stands in for it on a machine for which Bobbin has no addon. */

const machine = `${process.platform} ${process.arch}`;

/** Says why `bobbin` may be absent. */
const absence = `the package bobbin is not installed here (${
  machine === 'linux x64'
    ? 'it needs glibc, and an installation with optional packages'
    : `it runs on Linux x64 with glibc, and this is ${machine}`
})`;

/** The exports of `bobbin/tensorflow`; undefined where the package manager left out the optional package `bobbin`. */
function load() {
  try {
    return require('bobbin/tensorflow');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' || !error.message.includes("'bobbin/tensorflow'")) {
      throw error;
    }
    return undefined;
  }
}

const bobbin = load();
// An older Node gets a CommonJS copy of the backend, so a program that also imports `bobbin` would have two backends.
if (bobbin !== undefined && process.features.require_module === undefined) {
  throw new Error(
    `@bobbin/tfjs-node: Expected Node 20.19, 22.12 or a newer one but received ${process.version}.`,
  );
}

/** Stands in for the functions through which tfjs-node reaches TensorFlow. */
function needsBobbin() {
  throw new Error(`@bobbin/tfjs-node: This function needs TensorFlow, but ${absence}.`);
}

module.exports = { bobbin, absence, needsBobbin };
