/** The flags of submissions: what asks, and what the answer looks like. */
import { submissionForms, usualForm } from '../../submission/index.js';

export const questionsFlag = [
  '--questions <file>',
  "table that asks, such as a competition's sample submission: a line of names, and an id in the first column of each row",
] as const;

export const questionImagesFlag = [
  '--question-images <folder>',
  'images that --questions asks about: an id is a path or a name, with or without the extension (default: the folder of the table)',
] as const;

const known = Object.entries(submissionForms).map(([name, { help }]) => `${name} (${help})`);

export const formFlag = [
  '--form <name or file>',
  `what the submission looks like: ${known.join(', ')}, or the path of a file (./FORM.json) (default: ${usualForm})`,
] as const;
