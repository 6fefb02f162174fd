/** Uses the page of the tutorial's model in Chromium, as its reader does. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openChromium } from '../support/pages/chromium.js';

export interface Visit {
  address: string;
  /** A folder, whose first photo the page gets. */
  photos: string;
}

/** The picture of what is seen at the end, in the reader's folder. */
export const seen = 'page.png';

/** Waits until a server answers, at most a minute. */
export async function untilAnswered(address: string): Promise<void> {
  for (let second = 0; second < 60; second++) {
    if (
      await fetch(address).then(
        ({ ok }) => ok,
        () => false,
      )
    ) {
      return;
    }
    await wait(1000);
  }
  throw new Error(`${address} does not answer`);
}

/** What the page says of a photo of the reader's `folder`. */
export async function askPage({ address, photos }: Visit, folder: string): Promise<string> {
  const [photo = ''] = readdirSync(path.join(folder, photos)).sort();
  const browser = await openChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 900, height: 552 } });
    await page.goto(address);
    const status = page.getByRole('status');
    await status.filter({ hasText: /^Ready/ }).waitFor();
    await page.getByLabel('Photo from a file').setInputFiles(path.join(folder, photos, photo));
    const answer = status.filter({ hasText: /\d %\.$/ });
    await answer.waitFor();
    await page.screenshot({ path: path.join(folder, seen) });
    return (await answer.textContent()) ?? '';
  } finally {
    await browser.close();
  }
}
