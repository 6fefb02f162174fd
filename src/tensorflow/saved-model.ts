/** Loads TensorFlow's SavedModels for inference. */
import { loadSavedModel as load, type TFSavedModel } from '#tfjs-node/saved_model.js';
import { checkArguments, list, optional, type ShapeOf, text } from '../arguments.js';
import './backend.js';

/** Which part of a SavedModel. */
export interface SavedModelOptions {
  /** Of its graph; default `['serve']`. */
  tags?: string[] | undefined;
  /** Default `serving_default`. */
  signature?: string | undefined;
}

const savedModelShape = {
  tags: optional(list('an array of tags')),
  signature: optional(text('a name')),
} as const satisfies ShapeOf<SavedModelOptions>;

/**
 * A signature of a SavedModel folder as an inference model: `predict(inputs)` runs it, `dispose()` frees it. Calls with
 * the same folder and tags share one session.
 *
 * @throws InvalidInputError for an unknown option, and an Error with the folder when it has no such model, tags or signature.
 */
export function loadSavedModel(
  folder: string,
  options: SavedModelOptions = {},
): Promise<TFSavedModel> {
  checkArguments('loadSavedModel', options, savedModelShape);
  const { tags = ['serve'], signature = 'serving_default' } = options;
  return load(folder, tags, signature);
}
