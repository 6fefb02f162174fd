/** What the outputs of exported models are called. */
import { type Classifier, headsOf } from '../model/index.js';

/** The name of each head's probabilities: `probabilities`; of several heads, those of their tasks. */
export function answerNames(classifier: Classifier): string[] {
  const heads = headsOf(classifier);
  return heads.length === 1 ? ['probabilities'] : heads.map(({ task }) => task);
}
