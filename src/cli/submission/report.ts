/** Runs `submit`, and shows its progress and its result. */
import path from 'node:path';
import type { Manifest, Task } from '../../dataset/index.js';
import { saveEvaluation } from '../../evaluation/index.js';
import { count } from '../../plural.js';
import {
  drawEvaluation,
  type ProgressReporter,
  withProgress,
  writeReport,
} from '../../report/index.js';
import {
  hasBegun,
  type Member,
  modelRuns,
  type SubmitObserver,
  type SubmitRequest,
  type SubmitResult,
  submit,
  trainingFor,
} from '../../submission/index.js';
import { checkedValues, type TrainResult, withRecipe } from '../../training/index.js';
import { print } from '../../width.js';
import { showVerification } from '../commands/answers/verify.js';
import { tellReport } from '../commands/results/report.js';
import { describeStart } from '../runs.js';
import { scoreTable } from '../tables/scores.js';
import { createEpochReport, type EpochReport, reportRun } from '../training/report.js';
import { warnUnreadable } from '../unreadable.js';
import { createJobReport } from './jobs.js';

/** Runs `submit` on a terminal. Pictures are written beside each model and below `out`/scores. */
export async function runSubmit(request: SubmitRequest): Promise<SubmitResult> {
  const result = await withProgress(async (progress) => {
    const report = createEpochReport(progress.print);
    const isNew = !(await hasBegun(request.out));
    const observer = createObserver(request, progress, report, isNew);
    const submitted = await submit({ ...request, observer });
    report.end();
    return submitted;
  });
  showResult(result);
  return result;
}

const trainedName = ({ task, tasks }: Member) => (tasks.length > 1 ? 'together' : task);

/** The heading of a model's table: what it is, and which of how many. */
function headingIn(tasks: readonly Task[], models: number, member: Member): string {
  const { task, tasks: own, model } = member;
  const place =
    own.length > 1
      ? count(own.length, 'task')
      : `task ${tasks.findIndex(({ name }) => name === task) + 1} of ${tasks.length}`;
  const number = models > 1 ? `, model ${model} of ${models}` : '';
  return `${trainedName(member)} (${place}${number})`;
}

function createObserver(
  request: SubmitRequest,
  progress: ProgressReporter,
  report: EpochReport,
  isNew: boolean,
): SubmitObserver {
  const { out, models = 1, seed } = request;
  const labelOf = ({ model }: Member, name: string) =>
    models > 1 ? `${name} model ${model}` : name;
  let manifest: Manifest | undefined;
  /** With what the models of each task are trained. */
  const chosen = new Map<string, ReturnType<typeof checkedValues>>();
  const headingOf = (member: Member) => headingIn(manifest?.tasks ?? [], models, member);
  const drawTrained = async (member: Member, result: TrainResult) => {
    const { task, model, run } = member;
    const augmentation = chosen.get(task)?.augmentation;
    const title = trainedName(member);
    const drawn = { task, title, run, result, augmentation, seed: seed + model - 1 };
    await reportRun({ manifest: manifest as Manifest, ...drawn });
  };
  const alone: SubmitObserver = {
    async onPrepared(prepared) {
      manifest = prepared;
      const { samples, questions, tasks } = prepared;
      const counts = [
        count(tasks.length, 'task'),
        count(samples.length, 'labelled image'),
        count(questions.length, 'question'),
      ];
      progress.print(counts.join(', '));
      for (const { name } of tasks) {
        const { model: _, ...training } = await withRecipe(await trainingFor(request, [name]));
        chosen.set(name, checkedValues({ ...training, seed }));
      }
      for (const line of isNew ? await describeTraining(request, tasks) : []) {
        progress.print(line.startsWith('!') ? line : `Training ${line}`);
      }
    },
    onTaught(sentence) {
      progress.end();
      progress.print(`Soft targets: ${sentence}`);
    },
    onTeaching: ({ teacher, ...state }) =>
      progress.update({ ...state, name: teacher, label: 'teaching' }),
    onChange: (sentence) => progress.print(`! ${sentence}`),
    onAugment: (member, { reason }) =>
      progress.print(`${labelOf(member, trainedName(member))}: ${reason}`),
    onTraining: (member, state) =>
      progress.update({ ...state, name: labelOf(member, trainedName(member)) }),
    onEpoch: (member, record) =>
      report.add(headingOf(member), record, chosen.get(member.task)?.values.epochs ?? record.epoch),
    async onTrained(member, result) {
      progress.end();
      await drawTrained(member, result);
    },
    onPredicting: (member, state) =>
      progress.update({ ...state, name: labelOf(member, member.task), label: 'predicting' }),
    async onScored(evaluation) {
      progress.end();
      const folder = path.join(out, 'scores', evaluation.task);
      await saveEvaluation(evaluation, folder);
      await drawEvaluation(evaluation, folder);
    },
  };
  return request.workers === undefined
    ? alone
    : { ...alone, ...createJobReport(request, progress, { headingOf, drawTrained }) };
}

/** What new models begin with, in words; those of recipes of their own are named. */
async function describeTraining(
  { training, recipes = {} }: SubmitRequest,
  tasks: readonly Task[],
): Promise<string[]> {
  const { model = {} } = await withRecipe(training);
  const others = tasks.filter(({ name }) => !Object.hasOwn(recipes, name));
  const own = Object.keys(recipes);
  return [
    ...(own.length > 0 ? [`of ${own.join(', ')} has recipes of their own`] : []),
    ...(others.length > 0 ? await describeStart(model, others) : []),
  ];
}

/** Prints the scores, the unreadable images and the submission's files. Problems of the submission set the exit code. */
function showResult({
  evaluations,
  answers,
  verification,
  csv,
  zip,
  ...means
}: SubmitResult): void {
  if (evaluations.length > 0) {
    print(`\nValidation:\n${scoreTable(evaluations, means)}`);
  }
  const failures = [...answers.values()].flatMap((answer) => answer.failures);
  warnUnreadable(failures, 'answered with the share of each class in training');
  print(`\nSubmission: ${zip} (the table alone: ${csv})`);
  showVerification(zip, verification);
}

/** Names the pictures by patterns that a shell expands: there is one of each task. */
export function showPictures(out: string, { evaluations }: SubmitResult): void {
  const runs = path.join(out, 'runs', '*', '*');
  const scores = path.join(out, 'scores', '*');
  const files = [
    path.join(runs, '{curves.png,augmentation.jpg}'),
    ...(evaluations.length > 0 ? [path.join(scores, '{confusion.png,mistakes.jpg}')] : []),
  ];
  print(['\nPictures of each task:', ...files].join('\n  '));
}

/** Writes the report on all models into the folder of a submission, and names it. */
export async function reportSubmit(
  { out, models = 1 }: Pick<SubmitRequest, 'out' | 'models'>,
  { manifest }: SubmitResult,
): Promise<void> {
  const runs = Array.from({ length: models }, (_, index) => modelRuns(out, index + 1));
  const file = path.join(out, 'report.html');
  await withProgress((progress) =>
    writeReport(
      {
        ...{ runs, manifest, data: path.join(out, 'data') },
        onProgress: (task, state) => progress.update({ label: task, ...state }),
      },
      file,
    ),
  );
  await tellReport(file);
}
