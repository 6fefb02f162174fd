/** The submission of the FashionAI attributes challenge: all tasks in one table. */
import { type ListedForm, usualDecimals } from './form.js';

export const fashionai: ListedForm = {
  help: "FashionAI's: path,task,p0;p1;… without a header",
  source: 'https://tianchi.aliyun.com/competition/entrance/231649/information',
  table: 'submission.csv',
  archive: 'submission.zip',
  separator: ',',
  header: false,
  decimals: usualDecimals,
  columns: [{ value: 'image' }, { value: 'task' }, { value: 'probabilities' }],
};
