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

/** The probabilities of pictures by their addresses: for each the classes of all tasks, in their order. */
export const probabilitiesInPage = (
  page: Page,
  addresses: readonly string[],
): Promise<number[][]> =>
  page.evaluate(async (pictures) => {
    const address = './classify.js';
    const { load, decode, classify } = await import(address);
    const classifier = await load();
    const rows: number[][] = [];
    for (const picture of pictures) {
      const bitmap = await decode(await (await fetch(picture)).blob());
      const answers = await classify(classifier, bitmap);
      bitmap.close();
      rows.push(
        answers.flatMap(
          ({ classes }: { classes: { name: string; probability: number }[] }, task: number) =>
            classifier.tasks[task].classes.map(
              (wanted: string) => classes.find(({ name }) => name === wanted)?.probability,
            ),
        ),
      );
    }
    classifier.model.dispose();
    return rows;
  }, addresses);
