/** Loads an exported model and classifies pictures with it: for this page, for yours, and for Node. */
import { inputOf } from './pixels.mjs';

/**
 * @import { Picture, Preprocessing } from './pixels.mjs'
 * @typedef {{ task: string, classes: string[], labels: 'one' | 'any', from: number, to: number }} Task
 * @typedef {{ network: string, epoch?: number, tasks: Task[], preprocessing: Preprocessing }} Description what classifier.json has
 * @typedef {Description & { model: any }} Classifier
 * @typedef {{ name: string, probability: number }} ClassAnswer
 * @typedef {{ task: string, labels: 'one' | 'any', classes: ClassAnswer[] }} Answer
 */

/** tfjs, as its script leaves it. */
const tf = () => /** @type {any} */ (globalThis).tf;

/**
 * Loads the model of an export. tfjs must be there already, as the global `tf`, with the backend that shall compute.
 *
 * @param {string} [folder] the address of the export
 * @param {(share: number) => void} [onProgress] called with the share of the weights that is there, 0…1
 * @returns {Promise<Classifier>}
 */
export async function load(folder = '.', onProgress = () => {}) {
  const response = await fetch(`${folder}/classifier.json`);
  if (!response.ok) {
    throw new Error(`Expected ${response.url} but received ${response.status}`);
  }
  const model = await tf().loadLayersModel(`${folder}/model/model.json`, { onProgress });
  return { ...(await response.json()), model };
}

/**
 * The answer to each task: its classes, the most probable first.
 *
 * @param {Classifier} classifier
 * @param {Picture} picture an ImageBitmap, a canvas, or `{ data, width, height }` with RGBA bytes
 * @returns {Promise<Answer[]>}
 */
export async function classify({ model, tasks, preprocessing }, picture) {
  const { crop } = preprocessing;
  const input = tf().tensor4d(inputOf(picture, preprocessing), [1, crop, crop, 3]);
  const output = model.predict(input);
  try {
    /** @type {Float32Array} */
    const probabilities = await output.data();
    return tasks.map(({ task, labels, classes, from }) => ({
      task,
      labels,
      classes: classes
        .map((name, index) => ({ name, probability: probabilities[from + index] }))
        .sort((one, other) => other.probability - one.probability),
    }));
  } finally {
    tf().dispose([input, output]);
  }
}

/**
 * Decodes a file as Bobbin reads it: turned as its EXIF data say, with the numbers that are stored, without a colour profile.
 *
 * @param {Blob} file
 * @returns {Promise<ImageBitmap>} `close` frees it
 */
export const decode = (file) =>
  createImageBitmap(file, {
    imageOrientation: 'from-image',
    premultiplyAlpha: 'none',
    colorSpaceConversion: 'none',
  });
