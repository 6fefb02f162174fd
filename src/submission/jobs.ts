/** The models of a submission as jobs: processes of this call, and calls on other machines, take one after another. */
import os from 'node:os';
import path from 'node:path';
import { built, readClassifier } from '../model/index.js';
import type { AugmentChoice } from '../pipeline/index.js';
import type { ClassifyProgress } from '../prediction/index.js';
import {
  type EpochRecord,
  type TrainProgress,
  type TrainResult,
  withRecipe,
} from '../training/index.js';
import { runJobs } from '../workers/index.js';
import { hasPredicted, memberOf, type Work } from './member.js';
import { type Member, type SubmitObserver, type SubmitRequest, valuesOf } from './request.js';
import { savedSettings } from './settings.js';

/** The folder of a submission's claims and logs. */
export const jobsFolder = (out: string): string => path.join(out, 'jobs');

/** The name of a model's job, which is also its folder. */
export const jobName = ({ model, run }: Member): string => `model-${model}/${path.basename(run)}`;

/** What a job tells of its model. */
export type MemberMessage =
  | { event: 'augment'; choice: AugmentChoice }
  | { event: 'training'; progress: TrainProgress }
  | { event: 'epoch'; record: EpochRecord }
  | { event: 'trained'; result: Omit<TrainResult, 'classifier'> }
  | { event: 'predicting'; task: string; progress: ClassifyProgress };

/** The models of a submission, each once. */
export function membersOf(work: Pick<Work, 'request' | 'manifest' | 'together'>): Member[] {
  const { models } = valuesOf(work.request);
  const names = work.manifest.tasks.map(({ name }) => name);
  const numbers = Array.from({ length: models }, (_, index) => index + 1);
  return numbers.flatMap((model) =>
    (work.together ? names.slice(0, 1) : names).map((task) => memberOf(work, task, model)),
  );
}

/** A folder that each call claims, beside others, once it has prepared: until none does, the settings may be changed. */
export const preparedFolder = (out: string): string => path.join(jobsFolder(out), 'prepared');

/**
 * With workers, `request` with the threads of each: TensorFlow's are those of an earlier call or, like those that render, this
 * machine's cores divided by the workers.
 *
 * @param begun whether the settings of an earlier call, or of one that works now, stay
 */
export async function withThreads(
  request: SubmitRequest,
  workers: number,
  begun: boolean,
): Promise<SubmitRequest> {
  const { out, training } = request;
  const own = Math.max(1, Math.floor(os.availableParallelism() / workers));
  const known = await withRecipe(training);
  const computeThreads =
    known.computeThreads ?? (begun ? await savedThreads(out) : undefined) ?? own;
  return { ...request, training: { ...training, computeThreads, threads: known.threads ?? own } };
}

const savedThreads = async (out: string): Promise<number | undefined> =>
  (await savedSettings(out))?.computeThreads as number | undefined;

/**
 * Trains and predicts with all models, each in a process of its own, until none is left; models of other calls are waited for.
 *
 * @throws InvalidInputError with a model's name and error; the signal's reason when it is aborted
 */
export async function runMembers(work: Work, workers: number): Promise<void> {
  const { observer, signal, ...request } = work.request;
  const members = new Map(membersOf(work).map((member) => [jobName(member), member]));
  const memberNamed = (name: string) => members.get(name) as Member;
  observer?.onJobs?.([...members.values()]);
  await runJobs({
    jobs: Array.from(members, ([name, member]) => ({
      name,
      folder: path.join(jobsFolder(request.out), name),
      isFinished: () => hasPredicted(member),
    })),
    workers,
    module: new URL(`./member-job${path.extname(import.meta.url)}`, import.meta.url).href,
    request,
    signal,
    onMessage: ({ name }, message) =>
      observer && relay(observer, memberNamed(name), message as MemberMessage),
    onEvent: ({ job, ...event }) => observer?.onJob?.({ ...event, member: memberNamed(job.name) }),
  });
}

/** Calls what a call without workers would. */
async function relay(
  observer: SubmitObserver,
  member: Member,
  message: MemberMessage,
): Promise<void> {
  switch (message.event) {
    case 'augment':
      return observer.onAugment?.(member, message.choice);
    case 'training':
      return observer.onTraining?.(member, message.progress);
    case 'epoch':
      return observer.onEpoch?.(member, message.record);
    case 'predicting':
      return observer.onPredicting?.({ ...member, task: message.task }, message.progress);
    case 'trained':
      return await tellTrained(observer, member, message.result);
  }
}

async function tellTrained(
  { onTrained }: SubmitObserver,
  member: Member,
  result: Omit<TrainResult, 'classifier'>,
): Promise<void> {
  if (onTrained === undefined) {
    return;
  }
  const classifier = built(await readClassifier(path.join(member.run, 'model')));
  try {
    await onTrained(member, { ...result, classifier });
  } finally {
    classifier.model.dispose();
  }
}
