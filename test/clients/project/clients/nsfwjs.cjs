/** nsfwjs with the MobileNetV2 inside its package: five classes of a photo, the most probable first. */
require('@tensorflow/tfjs-node');
const nsfwjs = require('nsfwjs');

exports.load = async () => {
  const model = await nsfwjs.load('MobileNetV2');
  /** @param {import('@tensorflow/tfjs').Tensor3D} photo */
  return async (photo) => {
    const classes = await model.classify(photo);
    return {
      classes: classes.map(({ className }) => className),
      probabilities: classes.map(({ probability }) => probability),
    };
  };
};
