/** `bobbin verify`: reads a submission and checks every row against the questions. */

import type { Command } from 'commander';
import { fileStamp, findQuestionFiles, loadManifest } from '../../../dataset/index.js';
import { expected } from '../../../errors.js';
import { count } from '../../../plural.js';
import { type Verification, verifySubmission } from '../../../submission/index.js';
import { print } from '../../../width.js';
import { exitCode } from '../../exit.js';
import { type ImagesFlag, imagesFlag } from '../../open-dataset.js';

export function configure(command: Command): void {
  command
    .argument('<submission>', 'submission.zip or submission.csv')
    .requiredOption('--data <folder>', 'prepared data set whose questions it answers')
    .addOption(imagesFlag())
    .action(async (submission: string, { data, images }: ImagesFlag & { data: string }) => {
      if ((await fileStamp(submission)) === undefined) {
        throw expected('an existing file', 'submission', submission);
      }
      const { root, tasks, questions } = await loadManifest(data, { images });
      if (questions.length === 0) {
        throw expected('a data set with questions (question.csv)', '--data', data);
      }
      const verification = await verifySubmission(submission, await findQuestionFiles(root), tasks);
      showVerification(submission, verification);
    });
}

/** Prints that the submission is valid, or its problems, which also set the exit code. */
export function showVerification(file: string, { rows, problems, more }: Verification): void {
  if (problems.length === 0) {
    print(`${file}: ${count(rows, 'row')}, each answers its question.`);
    return;
  }
  for (const { line, message } of problems) {
    print(`${line === undefined ? file : `${file}:${line}`}: ${message}`);
  }
  if (more > 0) {
    print(`… and ${more} more`);
  }
  process.exitCode = exitCode.problems;
}
