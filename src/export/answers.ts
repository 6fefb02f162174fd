/** What the outputs of exported models are called. */
import { type Classifier, type Head, headsOf } from '../model/index.js';

/** The name of each head's probabilities: `probabilities`; of several heads, those of their tasks. */
export const answerNames = (classifier: Classifier): string[] => namesOf(headsOf(classifier));

/** As {@link answerNames}, of the heads or of what `classifier.json` says of them. */
export const namesOf = (heads: readonly Pick<Head, 'task'>[]): string[] =>
  heads.length === 1 ? ['probabilities'] : heads.map(({ task }) => task);
