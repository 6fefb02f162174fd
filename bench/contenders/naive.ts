/** A common first solution: sharp crops and resizes one file after another, tensor operations do the rest. */
import sharp from 'sharp';
import { tf } from '../../src/index.js';
import { everything, type Job, readJob, side, timeBatches } from '../job.js';

const between = (low: number, high: number) => low + Math.random() * (high - low);

/** A window of random area 0.08…1 and ratio 3/4…4/3, or the whole picture after ten failures. */
function randomWindow(width: number, height: number) {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = between(0.08, 1) * width * height;
    const ratio = Math.exp(between(Math.log(3 / 4), Math.log(4 / 3)));
    const size = {
      width: Math.round(Math.sqrt(area * ratio)),
      height: Math.round(Math.sqrt(area / ratio)),
    };
    if (size.width < 1 || size.height < 1 || size.width > width || size.height > height) {
      continue;
    }
    const left = Math.floor(between(0, width - size.width + 1));
    return { ...size, left, top: Math.floor(between(0, height - size.height + 1)) };
  }
  return { left: 0, top: 0, width, height };
}

const luma = () => tf.tensor1d([0.299, 0.587, 0.114]);
const grey = (image: tf.Tensor) => image.mul(luma()).sum(-1, true);
const blend = (image: tf.Tensor, other: tf.Tensor, strength: number) => {
  const factor = between(1 - strength, 1 + strength);
  return image.mul(factor).add(other.mul(1 - factor));
};

/** The rotation of YIQ's colour plane by `angle` radians, as a matrix for RGB rows. */
function hueMatrix(angle: number): tf.Tensor2D {
  const toYiq = tf.tensor2d([
    [0.299, 0.596, 0.211],
    [0.587, -0.274, -0.523],
    [0.114, -0.322, 0.312],
  ]);
  const toRgb = tf.tensor2d([
    [1, 1, 1],
    [0.956, -0.272, -1.106],
    [0.621, -0.647, 1.703],
  ]);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const turn = tf.tensor2d([
    [1, 0, 0],
    [0, c, s],
    [0, -s, c],
  ]);
  return toYiq.matMul(turn).matMul(toRgb) as tf.Tensor2D;
}

function colour(image: tf.Tensor): tf.Tensor {
  const { brightness, contrast, saturation, hue, noise } = everything;
  let result = image.mul(between(1 - brightness, 1 + brightness));
  result = blend(result, grey(result).mean(), contrast);
  result = blend(result, grey(result), saturation);
  const turned = result.reshape([-1, 3]).matMul(hueMatrix(2 * Math.PI * between(-hue, hue)));
  return turned
    .reshape([side, side, 3])
    .add(tf.randomNormal([side, side, 3], 0, noise))
    .clipByValue(0, 255);
}

async function render(file: string, { whole, load }: Job): Promise<tf.Tensor> {
  let picture = sharp(file);
  if (!whole) {
    const { width, height } = await picture.metadata();
    picture = picture.extract(randomWindow(width, height)).flop(Math.random() < 0.5);
  }
  const rgb = await picture.resize(side, side, { fit: 'fill', kernel: 'linear' }).raw().toBuffer();
  return tf.tidy(() => {
    const image = tf.tensor3d(Int32Array.from(rgb), [side, side, 3], 'int32').toFloat();
    return (load === 'everything' ? colour(image) : image).sub(127).div(128);
  });
}

const job = readJob();

async function* batches() {
  for (let next = 0; ; ) {
    const images: tf.Tensor[] = [];
    while (images.length < job.batchSize) {
      images.push(await render(job.files[next++ % job.files.length] as string, job));
    }
    const batch = tf.stack(images);
    tf.dispose(images);
    yield {
      count: job.batchSize,
      shape: batch.shape,
      pixels: async () => (await batch.data()) as Float32Array,
      release: () => batch.dispose(),
    };
  }
}

const version = `sharp ${sharp.versions.sharp}, tfjs ${tf.version.tfjs}`;
await timeBatches(job, batches(), () => version);
