/** Steps and the data for them at the same time: the next input is made ready while a step runs. */

export interface Work<Batch, Input, Result> {
  /** What a step takes of a batch. */
  prepare(batch: Batch): Input;
  /** The input ends with it, whether the promise is kept or not. */
  step(input: Input): Promise<Result>;
  /** Frees an input that no step takes. */
  discard(input: Input): void;
}

export interface Stepped<Input, Result> {
  input: Input;
  result: Result;
  /** Time for which there was no step under way, since its input was not ready, in milliseconds. */
  waitMs: number;
}

/** A step for each batch, one after another. Whoever leaves the loop early ends the batches. */
export async function* overlapped<Batch, Input, Result>(
  batches: AsyncIterator<Batch>,
  { prepare, step, discard }: Work<Batch, Input, Result>,
): AsyncGenerator<Stepped<Input, Result>, void> {
  const take = async (): Promise<Input | undefined> => {
    const { value, done } = await batches.next();
    return done === true ? undefined : prepare(value);
  };
  let next = take();
  try {
    for (;;) {
      const asked = performance.now();
      const input = await next;
      if (input === undefined) {
        return;
      }
      const waitMs = performance.now() - asked;
      const running = step(input);
      next = take();
      // Awaited after the step, which may fail first.
      next.catch(() => {});
      yield { input, result: await running, waitMs };
    }
  } finally {
    next.then((input) => input !== undefined && discard(input)).catch(() => {});
    // Not awaited: it would have to wait for the batch that is being rendered.
    batches.return?.().catch(() => {});
  }
}
