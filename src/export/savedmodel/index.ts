/** The export for TensorFlow in Python and TensorFlow Serving: a SavedModel that takes levels and gives probabilities. */
import path from 'node:path';
import { parseJson, readText, writePart } from '../../disk/index.js';
import { loadSavedModel, tensorFlowVersion, type tf } from '../../tensorflow/index.js';
import { namesOf } from '../answers.js';
import { inTwoBatches } from '../batches.js';
import { descriptionFile, type descriptionOf } from '../description.js';
import type { Computed, ExportFormat, Images } from '../format.js';
import { savedModelPieces } from './saved-model.js';

export const savedmodel: ExportFormat = {
  name: 'savedmodel',
  help: "TensorFlow's SavedModel, for Python and TensorFlow Serving",
  // Only the order of sums differs from Bobbin's.
  bound: () => 1e-4,
  async write(classifier, folder) {
    await writePart(path.join(folder, 'saved_model.pb'), savedModelPieces(classifier));
  },
  compute,
};

type Description = ReturnType<typeof descriptionOf>;

/** By the loader of TensorFlow's C API. */
async function compute(folder: string, images: Images): Promise<Computed> {
  const description = path.join(folder, descriptionFile);
  const { tasks } = parseJson(await readText(description), description) as Description;
  const model = await loadSavedModel(folder);
  try {
    const probabilities = inTwoBatches(images, (levels) => {
      const answers = model.predict({ images: levels }) as Record<string, tf.Tensor>;
      // The loader has them in the order of their names.
      return namesOf(tasks).map((name) => answers[name] as tf.Tensor);
    });
    return { probabilities, by: `TensorFlow ${tensorFlowVersion()}` };
  } finally {
    model.dispose();
  }
}
