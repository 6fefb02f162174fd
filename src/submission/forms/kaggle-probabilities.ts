/** Kaggle's usual submission where answers are scored by log loss: a probability for each image and class. */
import { type ListedForm, usualDecimals } from './form.js';

export const kaggleProbabilities: ListedForm = {
  help: "Kaggle's with probabilities: id and a column for each class",
  source: 'https://www.kaggle.com/competitions/dog-breed-identification/overview/evaluation',
  table: 'submission.csv',
  archive: 'submission.zip',
  separator: ',',
  header: true,
  decimals: usualDecimals,
  columns: [{ value: 'image', name: 'id' }, { value: 'probability' }],
};
