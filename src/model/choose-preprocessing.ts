/** Chooses between the preprocessing of a network and that of the weights it starts with. */
import { expected } from '../errors.js';
import type { Filter, Fit, Preprocessing } from '../pipeline/index.js';
import type { NamedNetwork } from './networks/network.js';
import type { StartingWeights } from './pretrained.js';

interface PreprocessingChoice {
  /** Which one counts where they differ in what the network sees of a pixel. */
  preprocessing?: 'weights' | 'network' | undefined;
  filter?: Filter | undefined;
  fit?: Fit | undefined;
  boxMargin?: number | undefined;
}

/**
 * The preprocessing that the weights were trained with; where that is not known, the network's.
 *
 * @param size side of the input in pixels
 * @throws InvalidInputError when the weights were trained with other pixels than the network's, and `preprocessing` does not
 *   say which ones count
 */
export function choosePreprocessing(
  size: number,
  { name, network }: NamedNetwork,
  weights: StartingWeights | undefined,
  { preprocessing: choice, filter, fit, boxMargin }: PreprocessingChoice,
): Preprocessing {
  const own = network.preprocessing(size);
  const theirs = weights?.preprocessing?.(size) ?? own;
  if (choice === undefined && !haveSamePixels(own, theirs)) {
    const remedy =
      'Choose --preprocessing weights, which takes that of the weights, or --preprocessing network (in a program `preprocessing`)';
    throw expected(
      `the preprocessing of ${name}, ${describe(own)},`,
      `the weights in ${weights?.file}`,
      describe(theirs),
      remedy,
    );
  }
  const chosen = choice === 'network' ? own : theirs;
  return {
    ...chosen,
    ...(filter && { filter }),
    ...(fit && { fit }),
    ...(boxMargin !== undefined && { boxMargin }),
  };
}

/** The same network was published with means of 127 and of 127.5: a level is no difference that training notices. */
const haveSamePixels = (one: Preprocessing, other: Preprocessing): boolean =>
  one.channels === other.channels && isNear(one.mean, other.mean) && isNear(one.std, other.std);

const isNear = (values: readonly number[], others: readonly number[]): boolean =>
  values.every((value, i) => Math.abs(value - (others[i] as number)) <= 1);

const describe = ({ mean, std, channels }: Preprocessing): string =>
  `mean ${mean.map(round).join(', ')}, std ${std.map(round).join(', ')}, ${channels}`;

const round = (value: number): number => Number(value.toPrecision(4));
