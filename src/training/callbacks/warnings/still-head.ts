/** The head does not move. */
import { headName } from '../../../model/index.js';
import { warn } from '../../warn.js';
import type { BeginFacts, Callback } from '../callback.js';
import { learnt } from './rule.js';

const leastChange = 1e-6;

/** Warns if the first epoch changes the matrices of the head by less than a millionth of their norm, at a rate above 0. */
export function stillHead(): Callback {
  let run: BeginFacts;
  let before: Float32Array[] = [];
  return {
    begin(facts) {
      run = facts;
      before = facts.finishedSteps === 0 ? headMatrices(facts) : [];
    },
    epoch() {
      const { options } = run;
      const now = before.length > 0 ? headMatrices(run) : [];
      const change = Math.hypot(...now.map((values, i) => distance(values, before[i])));
      const size = Math.hypot(...before.map((values) => distance(values)));
      if (now.length > 0 && options.learningRate > 0 && change <= leastChange * size) {
        warn(
          `The head of ${learnt(run)} has not moved in the first epoch: a learning rate above ${options.learningRate} may help.`,
        );
      }
      before = [];
    },
  };
}

/** Copies: the weights change in their place. */
const headMatrices = ({ classifier }: BeginFacts): Float32Array[] =>
  classifier.model.weights
    .filter(({ originalName, shape }) => originalName.startsWith(headName) && shape.length === 2)
    .map((weight) => Float32Array.from(weight.read().dataSync()));

function distance(a: Float32Array, b?: Float32Array): number {
  const squares = a.reduce((sum, value, i) => sum + (value - (b?.[i] ?? 0)) ** 2, 0);
  return Math.sqrt(squares);
}
