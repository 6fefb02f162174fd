/** Bobbin's TensorFlow stage, or what stands in for it on a machine for which Bobbin has no addon. */

const machine = `${process.platform} ${process.arch}`;

/** Says why `bobbin` may be absent. */
const absence = `the package bobbin is not installed here (${
  machine === 'linux x64'
    ? 'it needs glibc, and an installation with optional packages'
    : `it runs on Linux x64 with glibc, and this is ${machine}`
})`;

/** Whether a package that may be left out is there. */
function isInstalled(name) {
  try {
    require.resolve(name);
    return true;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') {
      throw error;
    }
    return false;
  }
}

function load() {
  if (!isInstalled('bobbin/tensorflow')) {
    require('./core_copies');
    return undefined;
  }
  return require('bobbin/tensorflow');
}

/** The exports of `bobbin/tensorflow`; undefined where the package manager left out the optional package `bobbin`. */
const bobbin = load();

/** Stands in for the functions and classes through which tfjs-node reaches TensorFlow. */
function needsBobbin() {
  throw new Error(`@bobbin/tfjs-node: This needs TensorFlow, but ${absence}.`);
}

module.exports = { bobbin, absence, isInstalled, needsBobbin };
