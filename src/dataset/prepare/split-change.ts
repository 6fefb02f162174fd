/** Tells when a new manifest splits otherwise than the one in whose place it comes. */
import { loadManifest } from '../manifest/read.js';
import type { Manifest } from '../types.js';

type Splitting = Pick<Manifest, 'samples' | 'seed'>;

/** The split of the manifest in `out` in words; undefined where there is none that can be read. */
export async function earlierSplit(out: string): Promise<string | undefined> {
  const earlier = await loadManifest(out).catch(() => undefined);
  return earlier && inWords(earlier);
}

/** A sentence if the split is another one than `earlier`, or none. */
export function splitChange(earlier: string | undefined, manifest: Splitting): string[] {
  const now = inWords(manifest);
  return earlier === undefined || earlier === now
    ? []
    : [`The split was ${earlier} and is now ${now}: earlier runs on this data cannot be resumed.`];
}

/** Training and validation images, and what drew them: `320/80 (seed 1)`. */
function inWords({ samples, seed }: Splitting): string {
  let validation = 0;
  for (const { split } of samples) {
    validation += split === 'validation' ? 1 : 0;
  }
  return `${samples.length - validation}/${validation} (seed ${seed})`;
}
