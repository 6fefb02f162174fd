/** A rule over the epochs of a run, and the callback that watches it. */
import type { EpochRecord } from '../../history.js';
import { inWords } from '../../plan.js';
import { warn } from '../../warn.js';
import type { BeginFacts, Callback } from '../callback.js';

/** The sentence to warn with after the last epoch of `history`, or undefined. */
export type Rule = (history: readonly EpochRecord[], run: BeginFacts) => string | undefined;

/** Warns once in a run, however often it is resumed. */
export function watch(rule: Rule): Callback {
  let run: BeginFacts;
  let history: EpochRecord[];
  let isTold: boolean;
  return {
    begin(facts) {
      run = facts;
      history = [...facts.history];
      isTold = history.some((_, i) => rule(history.slice(0, i + 1), run) !== undefined);
    },
    epoch(record) {
      history.push(record);
      const sentence = isTold ? undefined : rule(history, run);
      if (sentence !== undefined) {
        isTold = true;
        warn(sentence);
      }
    },
  };
}

/** `task collar`, `tasks collar and sleeve` */
export const learnt = ({ tasks }: Pick<BeginFacts, 'tasks'>): string =>
  inWords(tasks.map((name) => ({ name })));
