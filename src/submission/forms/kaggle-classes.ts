/** Kaggle's usual submission where answers are scored by accuracy: a class for each image. */
import { type ListedForm, usualDecimals } from './form.js';

export const kaggleClasses: ListedForm = {
  help: "Kaggle's with classes: id,label, or the header of the sample submission",
  source: 'https://www.kaggle.com/competitions/cifar-10/overview/evaluation',
  table: 'submission.csv',
  archive: 'submission.zip',
  separator: ',',
  header: true,
  decimals: usualDecimals,
  columns: [
    { value: 'image', name: 'id' },
    { value: 'class', name: 'label' },
  ],
};
