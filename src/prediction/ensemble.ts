/** Averages the predictions of several models. */
import { checkArgument, list } from '../arguments.js';
import { expected } from '../errors.js';
import { sharesOf } from './members.js';
import type { Prediction } from './predict.js';
import { checkProbabilities } from './probabilities.js';

/**
 * The weighted mean of predictions of the same files under the same classes. The weights (≥ 0, default 1 each) are
 * divided by their sum. A file that one member or more could not read is listed once among the failures.
 *
 * @throws InvalidInputError without predictions, when their files or classes differ, when a probability is not finite, or
 * when the weights are not one for each prediction, at least 0 and not all 0.
 */
export function ensemble(predictions: Prediction[], weights?: number[]): Prediction {
  checkArgument('predictions', predictions, list('a list of predictions'));
  const [first] = predictions;
  if (first === undefined) {
    throw expected('at least one prediction', 'predictions', predictions);
  }
  const shares = sharesOf(weights, predictions.length);
  const probabilities = new Float32Array(first.probabilities.length);
  const failures = new Map<number, Prediction['failures'][number]>();
  predictions.forEach((member, position) => {
    checkMember(first, member, position);
    const share = shares[position] as number;
    for (let index = 0; index < probabilities.length; index++) {
      probabilities[index] =
        (probabilities[index] as number) + share * (member.probabilities[index] as number);
    }
    for (const failure of member.failures) {
      failures.set(failure.index, failure);
    }
  });
  const { files, classes } = first;
  return { files, classes, probabilities, failures: [...failures.values()] };
}

function checkMember(first: Prediction, member: Prediction, position: number): void {
  const name = `predictions[${position}]`;
  if (member.classes.join('\n') !== first.classes.join('\n')) {
    throw expected(`the classes of predictions[0] (${first.classes})`, name, `${member.classes}`);
  }
  const differs = first.files.findIndex((file, index) => file !== member.files[index]);
  if (differs >= 0 || member.files.length !== first.files.length) {
    throw expected(`the files of predictions[0] in the same order`, name, member.files[differs]);
  }
  const imageOf = (row: number) => `${member.files[row]} in ${name}`;
  checkProbabilities(member.probabilities, member.classes, imageOf);
}
