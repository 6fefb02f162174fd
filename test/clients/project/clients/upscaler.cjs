/** upscaler with its default model: a face of the photo, at twice its size. */
require('@tensorflow/tfjs-node');
const model = require('@upscalerjs/default-model');
const Upscaler = require('upscaler/node');

exports.load = async () => {
  const upscaler = new Upscaler({ model });
  await upscaler.ready;
  return async (photo) => {
    const face = photo.slice([140, 82, 0], [16, 16, 3]);
    const enlarged = await upscaler.upscale(face, { output: 'tensor' });
    const pixels = [...(await enlarged.data())];
    face.dispose();
    enlarged.dispose();
    return { pixels };
  };
};
