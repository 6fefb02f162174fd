/** `bobbin verify`: reads a submission and checks every row against the questions. */

import type { Command } from 'commander';
import { fileStamp, loadManifest, questionFilesOf } from '../../../dataset/index.js';
import { expected } from '../../../errors.js';
import { count } from '../../../plural.js';
import {
  readForm,
  usualForm,
  type Verification,
  verifySubmission,
} from '../../../submission/index.js';
import { print } from '../../../width.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';
import { exitCode } from '../../process/exit.js';
import { formFlag } from '../../submission/flags.js';

interface Flags extends ImagesFlag {
  data: string;
  form?: string;
}

export function configure(command: Command): void {
  command
    .argument('<submission>', 'submission.zip or submission.csv')
    .requiredOption('--data <folder>', 'prepared data set whose questions it answers')
    .option(...formFlag)
    .addOption(imagesFlag())
    .action(async (submission: string, { data, form, images }: Flags) => {
      if ((await fileStamp(submission)) === undefined) {
        throw expected('an existing file', 'submission', submission);
      }
      const manifest = await loadManifest(data, { images });
      if (manifest.questions.length === 0) {
        const remedy = 'Prepare it with --questions, the table that asks';
        throw expected('a data set with questions', '--data', data, remedy);
      }
      const questionFiles = await questionFilesOf(manifest);
      const verification = await verifySubmission(
        submission,
        questionFiles,
        manifest.tasks,
        await readForm(form ?? usualForm, questionFiles[0]),
      );
      showVerification(submission, verification);
    });
}

/** Prints that the submission is valid, or its problems, which also set the exit code. */
export function showVerification(file: string, { rows, problems, more }: Verification): void {
  if (problems.length === 0) {
    print(`${file}: ${count(rows, 'row')}, each answers its question.`);
    return;
  }
  for (const { line, column, message } of problems) {
    const place = [file, line, column].filter((part) => part !== undefined).join(':');
    print(`${place}: ${message}`);
  }
  if (more > 0) {
    print(`… and ${more} more`);
  }
  process.exitCode = exitCode.problems;
}
