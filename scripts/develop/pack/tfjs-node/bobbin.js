/** Bobbin's TensorFlow stage, or what stands in for it on a machine for which Bobbin has no addon. */

const platform = `${process.platform} ${process.arch}`;

/** `bobbin/tensorflow`; undefined where npm left out the optional package `bobbin`. */
function load() {
  try {
    return require('bobbin/tensorflow');
  } catch (error) {
    if (error.code === 'ERR_REQUIRE_ESM') {
      throw new Error(
        `@bobbin/tfjs-node: Expected Node 20.19 or 22.12, or a newer one, but received ${process.version}.`,
      );
    }
    if (error.code !== 'MODULE_NOT_FOUND' || !error.message.includes("'bobbin/tensorflow'")) {
      throw error;
    }
    return undefined;
  }
}

/** Stands in for functions that need TensorFlow. */
function needsBobbin() {
  throw new Error(
    `@bobbin/tfjs-node: Expected the package bobbin, which runs on Linux x64 with glibc, but this installation on ${platform} is without it; functions of tf.node need it.`,
  );
}

module.exports = { bobbin: load(), needsBobbin, platform };
