/** Tidies up after work without hiding the work's error. */

/** `work`, then `tidy`, even if `work` fails. Then its error is thrown: one of `tidy` would only follow from it. */
export async function tidied<Result>(
  work: () => Promise<Result>,
  tidy: () => Promise<void>,
): Promise<Result> {
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await tidy().catch(() => {});
    throw error;
  }
  await tidy();
  return result;
}
