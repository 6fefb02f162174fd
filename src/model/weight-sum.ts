/** The mean of the weights of models that have the same ones. */
import { tf } from '../tensorflow/index.js';
import type { NamedTensor } from './weights/index.js';

/** Weights by their names. */
type Weights = readonly (NamedTensor & { name: string })[];

/** Adds in double precision, so that the order hardly matters. All models have the same names and shapes. */
export class WeightSum {
  private readonly sums = new Map<string, Float64Array>();
  private members = 0;

  add(weights: Weights): void {
    for (const { name, values } of weights) {
      const sum = this.sums.get(name) ?? new Float64Array(values.length);
      values.forEach((value, i) => {
        sum[i] = (sum[i] as number) + value;
      });
      this.sums.set(name, sum);
    }
    this.members += 1;
  }

  /** Gives `model` the mean of what was added, and of `candidate`, if there is one, as if it had been added. */
  assignMean(model: tf.LayersModel, candidate: Weights = []): void {
    const more = new Map(candidate.map(({ name, values }) => [name, values]));
    const members = this.members + (candidate.length > 0 ? 1 : 0);
    for (const weight of model.weights) {
      const name = weight.originalName;
      const [sum, own] = [this.sums.get(name), more.get(name)];
      const variable = weight.read() as tf.Variable;
      const at = (i: number) => (sum?.[i] ?? 0) + (own?.[i] ?? 0);
      const mean = Float32Array.from({ length: variable.size }, (_, i) => at(i) / members);
      tf.tidy(() => variable.assign(tf.tensor(mean, variable.shape)));
    }
  }
}
