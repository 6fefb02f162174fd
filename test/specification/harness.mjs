/** Runs specifications with jasmine, except those that are left out, and says what it expected to be otherwise. */
// @ts-expect-error: jasmine 3 has no types of its own.
import Jasmine from 'jasmine';

/**
 * @typedef {'passed' | 'failed' | 'excluded' | 'pending'} Status
 * @typedef {{status: Status, fullName: string, failedExpectations: {message: string}[]}} Result
 */

/** Several specifications train models: on a busy machine that takes longer than jasmine's five seconds. */
const slowest = 20_000;

/**
 * Prepares jasmine, whose globals the specifications need when they are declared. `run` runs what was declared in the
 * meantime, prints the failures and counts, and resolves to a list of complaints: a specification that failed, fewer than
 * `leastRun` that ran, or a name in `leftOut` that fits none.
 *
 * @param {{leftOut: readonly string[], leastRun: number, specDone?: () => void}} options
 */
export function prepareJasmine({ leftOut, leastRun, specDone = () => {} }) {
  const jasmine = new Jasmine({ projectBaseDir: import.meta.dirname });
  jasmine.loadConfig({ random: false });
  jasmine.jasmine.DEFAULT_TIMEOUT_INTERVAL = slowest;
  const unused = new Set(leftOut);
  jasmine.env.configure({
    /** @param {{getFullName(): string}} spec */
    specFilter(spec) {
      const names = leftOut.filter((name) => spec.getFullName().includes(name));
      for (const name of names) {
        unused.delete(name);
      }
      return names.length === 0;
    },
  });
  /** @type {Record<Status, number>} */
  const counts = { passed: 0, failed: 0, excluded: 0, pending: 0 };
  jasmine.clearReporters();
  jasmine.addReporter({
    /** @param {Result} result */
    specDone({ status, fullName, failedExpectations }) {
      specDone();
      counts[status] += 1;
      if (status === 'failed') {
        console.log(`failed: ${fullName}`);
        for (const { message } of failedExpectations) {
          console.log(`  ${message.split('\n')[0]}`);
        }
      }
    },
  });
  jasmine.exitOnCompletion = false;

  return async function run() {
    await jasmine.execute();
    const { passed, failed, excluded, pending } = counts;
    console.log(`${passed} passed, ${failed} failed, ${excluded + pending} skipped`);
    return [
      ...(failed > 0 ? ['Expected no specification to fail'] : []),
      ...(passed + failed < leastRun
        ? [`Expected at least ${leastRun} specifications to run`]
        : []),
      ...[...unused].map((name) => `Expected a specification to leave out: ${name}`),
    ];
  };
}

/**
 * Prints the complaints; the process fails if there are any.
 * @param {readonly string[]} complaints
 */
export function conclude(complaints) {
  for (const complaint of complaints) {
    console.log(complaint);
  }
  process.exitCode = complaints.length > 0 ? 1 : 0;
}
