/** Runs steps and prepares their data at the same time: the next input is prepared while a step runs. */

export interface Work<Batch, Input, Result> {
  /** Makes the input of a step from a batch. */
  prepare(batch: Batch): Input;
  /** Takes over the input, whether the promise resolves or rejects. */
  step(input: Input): Promise<Result>;
  /** Frees an input that gets no step. */
  discard(input: Input): void;
}

export interface Stepped<Input, Result> {
  input: Input;
  result: Result;
  /** Milliseconds without a step because the input was not ready. */
  waitMs: number;
}

/** Takes a step for each batch, one after another. Leaving the loop early ends the batches. */
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
    // Not awaited: that would wait for the batch that is being rendered.
    batches.return?.().catch(() => {});
  }
}
