/** Loads TensorFlow's SavedModels for inference. */
import { loadSavedModel as load, type TFSavedModel } from '#tfjs-node/saved_model.js';
import './backend.js';

/**
 * A signature of a SavedModel folder as an inference model: `predict(inputs)` runs it, `dispose()` frees it. Calls with
 * the same folder and tags share one session.
 *
 * @throws an Error with the folder when it has no such model, tags or signature.
 */
export function loadSavedModel(
  folder: string,
  { tags = ['serve'], signature = 'serving_default' }: { tags?: string[]; signature?: string } = {},
): Promise<TFSavedModel> {
  return load(folder, tags, signature);
}
