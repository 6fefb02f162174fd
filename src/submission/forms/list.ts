/** The forms of submissions by name: to add one, write a file and name it here. */
import { fashionai } from './fashionai.js';
import type { ListedForm } from './form.js';
import { kaggleClasses } from './kaggle-classes.js';
import { kaggleProbabilities } from './kaggle-probabilities.js';

/** The forms of submissions that Bobbin knows, by their names. */
export const forms = {
  fashionai,
  'kaggle-classes': kaggleClasses,
  'kaggle-probabilities': kaggleProbabilities,
} as const satisfies Record<string, ListedForm>;

export type FormName = keyof typeof forms;
