/** Event files of a run, which TensorBoard shows. */
import os from 'node:os';
import path from 'node:path';
import { checkArgument, text } from '../../arguments.js';
import { AppendedFile } from '../../disk/index.js';
import type { EpochRecord } from '../history.js';
import type { Callback, StepFacts } from './callback.js';
import { scalarsRecord, startRecord, versionRecord } from './event-records.js';

/**
 * A callback that writes the numbers of each step and each epoch into an event file in `folder`: `tensorboard --logdir FOLDER`
 * draws them over the steps of the run. Their tags are `step/loss`, `epoch/validation_accuracy` and so on; numbers that
 * callbacks before this one log have their own names. A resumed run has a new file, whose steps replace those of the old
 * ones. Records are written within a second.
 *
 * A call of `train` needs a callback of its own.
 *
 * @throws InvalidInputError when `folder` is no path
 */
export function tensorBoard(folder: string): Callback {
  checkArgument('folder', folder, text('the path of a folder'));
  let events: AppendedFile;
  let stepsPerEpoch: number;
  const add = (step: number, scalars: Record<string, number>) =>
    events.add(scalarsRecord(seconds(), step, scalars));
  return {
    name: 'tensorBoard',
    async begin({ finishedSteps, ...facts }) {
      stepsPerEpoch = facts.stepsPerEpoch;
      events = await AppendedFile.create(path.join(folder, fileName()));
      await events.add(versionRecord(seconds()));
      await events.add(startRecord(seconds(), finishedSteps + 1));
      await events.flush();
    },
    step: (facts) => add(facts.step, stepScalars(facts)),
    async epoch(record) {
      await add(record.epoch * stepsPerEpoch, epochScalars(record));
      await events.flush();
    },
    end: () => events.close(),
  };
}

const stepScalars = ({ logged, ...facts }: StepFacts) => ({
  'step/loss': facts.loss,
  'step/accuracy': facts.accuracy,
  'step/learning_rate': facts.learningRate,
  'step/images_per_second': facts.imagesPerSecond,
  'step/wait_share': facts.waitShare,
  ...logged,
});

const epochScalars = ({ logged, validationLoss, validationAccuracy, ...record }: EpochRecord) => ({
  'epoch/loss': record.loss,
  'epoch/accuracy': record.accuracy,
  ...(validationLoss === undefined ? {} : { 'epoch/validation_loss': validationLoss }),
  ...(validationAccuracy === undefined ? {} : { 'epoch/validation_accuracy': validationAccuracy }),
  'epoch/learning_rate': record.learningRate,
  'epoch/images_per_second': record.imagesPerSecond,
  'epoch/wait_share': record.waitShare,
  ...logged,
});

/** Since 1970. */
const seconds = () => Date.now() / 1000;

let files = 0;

/** TensorBoard reads the files of a folder in the order of their names, so the time comes first. */
function fileName(): string {
  files += 1;
  const time = String(Math.floor(seconds())).padStart(10, '0');
  return `events.out.tfevents.${time}.${os.hostname()}.${process.pid}.${files}`;
}
