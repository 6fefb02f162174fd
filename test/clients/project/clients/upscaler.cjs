/** upscaler with its default model: a face of the photo, at twice its size. */
const tf = require('@tensorflow/tfjs-node');
const model = require('@upscalerjs/default-model');
const Upscaler = require('upscaler/node');

exports.load = async () => {
  const upscaler = new Upscaler({ model });
  await upscaler.ready;
  return async (photo) => {
    const face = photo.slice([110, 60, 0], [64, 64, 3]);
    const enlarged = await upscaler.upscale(face, { output: 'tensor' });
    const middle = enlarged.slice([56, 56, 0], [16, 16, 3]);
    const pixels = [...(await middle.data())];
    tf.dispose([face, enlarged, middle]);
    return { pixels };
  };
};
