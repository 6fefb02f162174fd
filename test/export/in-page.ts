/** What the page of an export answers in Chromium. */
import type { Page } from 'playwright-core';

/** Waits until the page has loaded its model on a backend, which is chosen by its button. */
export async function useBackend(page: Page, title: string): Promise<void> {
  const button = page.getByRole('radio', { name: title });
  if (!(await button.isChecked())) {
    await button.check();
  }
  await page
    .getByRole('status')
    .filter({ hasText: /^Ready|\d %\.$/ })
    .waitFor();
}

/**
 * The probabilities of pictures by their addresses: for each the classes of all tasks, in their order.
 *
 * @param onRow is told how many pictures are classified
 */
export async function probabilitiesInPage(
  page: Page,
  addresses: readonly string[],
  onRow: (count: number) => void = () => {},
): Promise<number[][]> {
  const classifier = await page.evaluateHandle(async () => {
    const address = './classify.js';
    const { load } = await import(address);
    return await load();
  });
  const rows: number[][] = [];
  for (const picture of addresses) {
    rows.push(await page.evaluate(rowInPage, { classifier, picture }));
    onRow(rows.length);
  }
  await classifier.evaluate(({ model }) => model.dispose());
  return rows;
}

/** Runs in the page: the probabilities of one picture. */
async function rowInPage({
  classifier,
  picture,
}: {
  classifier: { tasks: { classes: string[] }[] };
  picture: string;
}): Promise<number[]> {
  const address = './classify.js';
  const { classify, decode } = await import(address);
  const bitmap = await decode(await (await fetch(picture)).blob());
  const answers: { classes: { name: string; probability: number }[] }[] = await classify(
    classifier,
    bitmap,
  );
  bitmap.close();
  return classifier.tasks.flatMap((task, index) =>
    task.classes.map(
      (wanted) =>
        answers[index]?.classes.find(({ name }) => name === wanted)?.probability as number,
    ),
  );
}
