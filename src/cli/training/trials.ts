/** `train --dry-run` and `train --overfit`: what a training would take and whether it can learn. They write nothing. */
import type { Command } from 'commander';
import type { Manifest } from '../../dataset/index.js';
import { conflict } from '../../errors.js';
import { checkOption } from '../../options.js';
import { count } from '../../plural.js';
import { clock, type ProgressReporter } from '../../report/index.js';
import {
  type DryPhase,
  type DryRun,
  dryRun,
  overfit,
  type TaskOptions,
} from '../../training/index.js';
import { print } from '../../width.js';
import { exitCode } from '../process/exit.js';

export interface TrialFlags {
  dryRun?: boolean;
  overfit?: number;
}

export function addTrialFlags(command: Command): Command {
  return command
    .option(
      '--dry-run',
      'take two steps of each phase, print shapes, memory and times, and write nothing',
    )
    .option(
      '--overfit <batches>',
      'learn this number of batches by heart, or say why that fails, and write nothing; 1 is usual',
      batches,
    );
}

function batches(typed: string): number {
  const number = Number(typed);
  checkOption('--overfit', { type: 'integer', default: 1, min: 1, max: 1000, help: '' }, number);
  return number;
}

/** @throws InvalidInputError for flags that exclude each other */
export function checkTrial({ dryRun, overfit, resume }: TrialFlags & { resume?: boolean }): void {
  const trial = dryRun ? '--dry-run' : '--overfit';
  if (dryRun && overfit !== undefined) {
    throw conflict('--dry-run', '--overfit', 'Give one after the other');
  }
  if (resume && (dryRun || overfit !== undefined)) {
    throw conflict(trial, '--resume', 'It tries what a new run begins with: leave --resume out');
  }
}

interface Trials {
  manifest: Manifest;
  /** Each group of tasks has a network. */
  groups: readonly (readonly string[])[];
  /** The options that are not defaults. */
  given: Omit<TaskOptions, 'manifest' | 'task' | 'tasks' | 'signal'>;
  signal: AbortSignal;
  progress: ProgressReporter;
}

/** Prints what each task's run would do. */
export async function dryRuns({ groups, given, progress, ...trial }: Trials): Promise<void> {
  let seconds = 0;
  let memoryMB = 0;
  for (const tasks of groups) {
    const dry = await dryRun({ ...given, ...trial, tasks });
    progress.end();
    print(describeDryRun(tasks.join(', '), dry));
    seconds += dry.seconds;
    memoryMB = dry.memoryMB;
  }
  const whole =
    groups.length > 1 ? `All ${groups.length} networks take about ${clock(seconds)}. ` : '';
  print(`${whole}At most ${memoryMB} MB of memory were in use. Nothing was written.`);
}

function describeDryRun(task: string, { training, validation, weights, phases, seconds }: DryRun) {
  const epochs = phases.at(-1)?.to ?? 0;
  return [
    `${task}: ${count(training, 'image')} to train on, ${validation} to validate`,
    ...phases.map((phase) => `  ${describePhase(phase, weights)}`),
    `  The run of ${count(epochs, 'epoch')} takes about ${clock(seconds)}.`,
  ].join('\n');
}

function describePhase(phase: DryPhase, weights: number): string {
  const { from, to, trained, imagesPerSecond, secondsPerEpoch } = phase;
  const epochs = to - from === 1 ? `Epoch ${to}` : `Epochs ${from + 1} to ${to}`;
  const shapes = (['batch', 'features', 'logits'] as const).map(
    (name) => `${name} ${phase[name].join('×')}`,
  );
  const share = `${trained.toLocaleString('en')} of ${weights.toLocaleString('en')} weights`;
  const rate = imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0);
  return `${epochs}: ${shapes.join(', ')}; trains ${share}; about ${rate} images/s, ${clock(secondsPerEpoch)} an epoch`;
}

/** Prints for each task whether it learns its batches; where one does not, the exit code says so. */
export async function overfits(
  { groups, given, progress, ...trial }: Trials,
  batches: number,
): Promise<void> {
  for (const tasks of groups) {
    const name = tasks.join(', ');
    const { images, last, reason, ...learnt } = await overfit({
      ...given,
      ...trial,
      tasks,
      batches,
      onRound: ({ round, rounds, loss, accuracy }) =>
        progress.update({
          name,
          label: 'overfit',
          done: round,
          total: rounds,
          loss,
          accuracy,
        }),
    });
    progress.end();
    const what = `${count(images, 'image')} in ${count(learnt.batches, 'batch', 'batches')}`;
    const steps = count(last.round * learnt.batches, 'step');
    if (reason === undefined) {
      print(`${name}: learnt all ${what} in ${steps}; the loss is ${last.loss.toFixed(3)}`);
    } else {
      const right = Math.round(last.accuracy * images);
      print(`${name}: learnt ${right} of ${what} in ${steps}. ${reason}`);
      process.exitCode = exitCode.problems;
    }
  }
  print('Nothing was written.');
}
