/** The preprocessing record: how pixels become a model's input. It is saved with the model and used at every stage. */
import { expected } from '../errors.js';
import { checkKeys } from '../near-miss.js';
import { checkOption } from '../options.js';

/** Geometry and scaling shared by training, validation, ten-crop and prediction. */
export interface Preprocessing {
  /** Short side in pixels after the resize that keeps the ratio and comes before a fixed crop. */
  resize: number;
  /** Side in pixels of the model's square input. */
  crop: number;
  /** Per-channel mean in 0…255 units, in `channels` order; input = (pixel − mean) / std. */
  mean: [number, number, number];
  /** Per-channel divisor in 0…255 units, in `channels` order. */
  std: [number, number, number];
  /** Channel order the model's weights were trained with. */
  channels: 'rgb' | 'bgr';
}

/** @throws InvalidInputError unless `value`, which `name` names, is a usable {@link Preprocessing}. */
export function checkPreprocessing(value: Preprocessing, name = 'preprocessing'): void {
  checkKeys(name, value, ['resize', 'crop', 'mean', 'std', 'channels']);
  const size = { type: 'integer', default: 0, min: 1, max: 8192, help: '' } as const;
  checkOption(`${name}.resize`, size, value.resize);
  checkOption(`${name}.crop`, { ...size, max: value.resize }, value.crop);
  const number = { type: 'number', default: 0, max: 1e6, help: '' } as const;
  for (const key of ['mean', 'std'] as const) {
    if (value[key]?.length !== 3) {
      throw expected('three numbers', `${name}.${key}`, value[key]);
    }
    for (const channel of value[key]) {
      checkOption(`${name}.${key}`, { ...number, min: key === 'std' ? 1e-6 : 0 }, channel);
    }
  }
  const channels = { type: 'choice', choices: ['rgb', 'bgr'], default: 'rgb', help: '' } as const;
  checkOption(`${name}.channels`, channels, value.channels);
}
