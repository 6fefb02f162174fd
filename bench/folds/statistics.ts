/** How sure a share of right answers is, and a difference between two contenders' answers to the same questions. */

/** The 0.975 quantile of the normal distribution, for 95% intervals. */
const z = 1.959963984540054;

/**
 * The 95% score interval of a share: Wilson 1927, "Probable inference, the law of succession, and statistical inference",
 * https://doi.org/10.1080/01621459.1927.10502953. `right` of `all`, which is at least 1.
 */
export function wilsonInterval(right: number, all: number): [low: number, high: number] {
  const share = right / all;
  const scale = 1 + z ** 2 / all;
  const centre = share + z ** 2 / (2 * all);
  const half = z * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2));
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}

/**
 * The two-sided p-value of McNemar's exact test: `b` questions that only one answers rightly, and `c` that only the other does, if
 * both are as likely. It is 2 · Σ C(b + c, i) / 2^(b + c) over i = 0 … min(b, c), and at most 1: McNemar 1947,
 * https://doi.org/10.1007/BF02295996, with the binomial distribution in place of χ².
 */
export function mcnemar(b: number, c: number): number {
  const all = b + c;
  // The logarithm: 2^all would overflow.
  let term = -all * Math.LN2;
  let sum = 0;
  for (let i = 0; i <= Math.min(b, c); i++) {
    sum += Math.exp(term);
    term += Math.log((all - i) / (i + 1));
  }
  return Math.min(1, 2 * sum);
}
