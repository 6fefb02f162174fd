/** Shows the progress of `submit` and its result. */
import path from 'node:path';
import type { Manifest } from '../dataset/index.js';
import type { ProgressReporter } from '../report/index.js';
import type { Member, SubmitObserver, SubmitRequest, SubmitResult } from '../submission/index.js';
import { showVerification } from './commands/verify.js';
import { saveEvaluation, scoreTable } from './scores.js';
import { describeEpoch, drawRun } from './training-report.js';
import { warnUnreadable } from './unreadable.js';

/** An observer that shows progress and writes pictures beside each model and below `out`/scores. */
export function createObserver(request: SubmitRequest, progress: ProgressReporter): SubmitObserver {
  const { out, models = 1, seed, training } = request;
  const labelOf = ({ task, model }: Member) => (models > 1 ? `${task} model ${model}` : task);
  let manifest: Manifest | undefined;
  return {
    onPrepared(prepared) {
      manifest = prepared;
      const { samples, questions, tasks } = prepared;
      progress.print(
        `${tasks.length} tasks, ${samples.length} labelled images, ${questions.length} questions`,
      );
    },
    onChange: (sentence) => progress.print(`! ${sentence}`),
    onAugment: (member, { reason }) => progress.print(`${labelOf(member)}: ${reason}`),
    onTraining: (member, state) =>
      progress.update({ ...state, label: `${labelOf(member)} ${state.label}` }),
    onEpoch: (member, record) =>
      progress.print(describeEpoch(labelOf(member), record, training.epochs ?? record.epoch)),
    async onTrained({ task, model, run }, result) {
      const { augmentation = {} } = training;
      const drawn = { task, run, result, augmentation, seed: seed + model - 1 };
      await drawRun({ manifest: manifest as Manifest, ...drawn });
    },
    onPredicting: (member, state) =>
      progress.update({ ...state, label: `${labelOf(member)} predicting` }),
    async onScored(evaluation) {
      progress.end();
      await saveEvaluation(evaluation, path.join(out, 'scores', evaluation.task));
    },
  };
}

/** Prints the scores, the unreadable images and the submission's files. Problems of the submission set the exit code. */
export function showResult({ evaluations, answers, verification, csv, zip }: SubmitResult): void {
  if (evaluations.length > 0) {
    console.log(`\nValidation:\n${scoreTable(evaluations)}`);
  }
  const failures = [...answers.values()].flatMap((answer) => answer.failures);
  warnUnreadable(failures, 'answered with the share of each class in training');
  console.log(`\nSubmission: ${zip} (the table alone: ${csv})`);
  showVerification(zip, verification);
}
