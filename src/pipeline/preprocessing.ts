/** The preprocessing record: how pixels become a model's input, saved with the model and used everywhere. */

/** Geometry and scaling shared by training, validation, ten-crop and prediction. */
export interface Preprocessing {
  /** Short side in pixels after the aspect-preserving resize that precedes a fixed crop. */
  resize: number;
  /** Side in pixels of the square the model sees. */
  crop: number;
  /** Per-channel mean in 0…255 units, in `channels` order; input = (pixel − mean) / std. */
  mean: [number, number, number];
  /** Per-channel divisor in 0…255 units, in `channels` order. */
  std: [number, number, number];
  /** Channel order the model's weights were trained with. */
  channels: 'rgb' | 'bgr';
}
