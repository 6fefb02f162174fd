/** What a sample is labelled as, in words. */
import type { Sample } from './types.js';

/** The names of the sample's classes, separated by commas; `none` for a sample without a class. A class without a name is shown by its number. */
export function labelText(
  { label, labels = [label] }: Pick<Sample, 'label' | 'labels'>,
  classes: readonly string[] = [],
): string {
  return labels.map((each) => classes[each] ?? `${each}`).join(', ') || 'none';
}
