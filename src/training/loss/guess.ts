/** The loss of a network that knows nothing. */
import { type Classifier, headsOf } from '../../model/index.js';

/** The cross-entropy of equal probabilities for all classes, in nats; the mean over the heads. No network has to do worse. */
export function lossOfGuess(classifier: Classifier): number {
  const heads = headsOf(classifier);
  const losses = heads.map(({ labels, classes }) =>
    Math.log(labels === 'any' ? 2 : classes.length),
  );
  return losses.reduce((sum, loss) => sum + loss, 0) / heads.length;
}
