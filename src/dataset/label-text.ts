/** What a sample is labelled as, in words. */
import type { Sample } from './types.js';

/** The names of its classes, with commas between several, or `none` where it has none of them; a number where there is no name. */
export function labelText(
  { label, labels = [label] }: Pick<Sample, 'label' | 'labels'>,
  classes: readonly string[] = [],
): string {
  return labels.map((each) => classes[each] ?? `${each}`).join(', ') || 'none';
}
