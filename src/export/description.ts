/** `classifier.json` beside an exported network: what its output means and how its input is made, for programs of any language. */
import type { Classifier } from '../model/index.js';
import { headsOf } from '../model/index.js';
import { completePreprocessing } from '../pipeline/index.js';

export const descriptionFile = 'classifier.json';

/**
 * `tasks` says what the columns of the output mean: those from `from` up to, not including, `to` are the probabilities of `classes`. An
 * image has one of them, or with `labels: "any"` any number. `preprocessing` is documented in docs/browser.md.
 */
export function descriptionOf(classifier: Classifier) {
  const { network, preprocessing, epoch } = classifier;
  const { boxMargin: _, ...pixels } = completePreprocessing(preprocessing);
  return {
    network,
    ...(epoch !== undefined && { epoch }),
    tasks: headsOf(classifier).map(({ task, classes, labels, from, to }) => ({
      ...{ task, classes, labels, from, to },
    })),
    preprocessing: pixels,
  };
}
