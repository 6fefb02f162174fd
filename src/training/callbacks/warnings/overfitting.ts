/** The network learns the training images by heart. */
import type { EpochRecord } from '../../history.js';
import { learnt, type Rule } from './rule.js';

const leastGap = 0.15;

/**
 * In two epochs in a row, the training accuracy is more than 0.15 and two standard errors above the validation accuracy, and the
 * validation loss rises. Label smoothing and augmentation make the training accuracy lower, not higher, so that they only delay it.
 */
export const overfitting: Rule = (history, run) => {
  const { validationImages } = run;
  const [before, ...last] = history.slice(-3);
  const isGap = ({ accuracy, validationAccuracy = 1 }: EpochRecord) =>
    accuracy - validationAccuracy >
    leastGap + 2 * standardError(validationAccuracy, validationImages);
  const rises = last.every(({ validationLoss }, i) => {
    const earlier = i === 0 ? before : last[i - 1];
    return (validationLoss as number) > (earlier?.validationLoss as number);
  });
  if (last.length < 2 || !last.every(isGap) || !rises) {
    return undefined;
  }
  const { accuracy, validationAccuracy } = last[1] as EpochRecord;
  return `The training accuracy of ${learnt(run)} (${percent(accuracy)}) is far above its validation accuracy (${percent(validationAccuracy as number)}), and the validation loss rises: more photos, stronger augmentation or fewer epochs may help.`;
};

/** Of the share `p` of `n` images. */
const standardError = (p: number, n: number): number => Math.sqrt((p * (1 - p)) / n);

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
