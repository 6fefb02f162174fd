/** The whole way from a source folder to a verified submission; a repeated call continues from the files of the last one. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkArguments } from '../arguments.js';
import {
  changesSince,
  findQuestionFiles,
  fittingLayout,
  loadManifest,
  type Manifest,
  manifestFile,
  prepare,
  samplesOf,
  type Task,
} from '../dataset/index.js';
import { inLockedFolder, removeLeftovers } from '../disk/index.js';
import { type Evaluation, score } from '../evaluation/index.js';
import { pickOptions, resolveOptions } from '../options.js';
import { ensemble, type Prediction } from '../prediction/index.js';
import { answerQuestions, type QuestionImages } from './answer.js';
import { type MemberPredictions, predictMember, trainMember, type Work } from './member.js';
import {
  type SubmitRequest,
  type SubmitResult,
  submitOptions,
  submitShape,
  trainingShape,
} from './request.js';
import { keepSettings } from './settings.js';
import { verifySubmission } from './verify.js';

/**
 * Prepares `source`, trains the models of every task, averages their answers to its questions, and writes and verifies
 * the submission.
 *
 * Work that `out` already holds is not repeated: the manifest, finished runs and predictions are used, and an unfinished
 * run resumes at its checkpoint.
 *
 * @throws InvalidInputError when an option is unknown, missing or out of its range, when `out` was begun with other options, and when another call works in it.
 */
export async function submit(request: SubmitRequest): Promise<SubmitResult> {
  checkArguments('submit', request, submitShape);
  checkArguments('training', request.training, trainingShape);
  await checkSource(request);
  return await inLockedFolder(request.out, 'out', () => submitLocked(request));
}

const dataFolder = (out: string): string => path.join(out, 'data');

/** Looks at a new source before anything is written: kept settings with a mistyped one would refuse the right one. */
async function checkSource({ source, out }: SubmitRequest): Promise<void> {
  if (!existsSync(manifestFile(dataFolder(out)))) {
    const root = path.resolve(source);
    await fittingLayout(root);
    await findQuestionFiles(root);
  }
}

async function submitLocked(request: SubmitRequest): Promise<SubmitResult> {
  const { out, observer } = request;
  const { models, crops } = resolveOptions(submitOptions, pickOptions(submitOptions, request));
  const { source, seed, validationFraction } = request;
  // Threads, memory and the failure budget may change from call to call.
  const { threads, memoryMB, failureBudget, ...training } = request.training;
  await keepSettings(out, {
    source: path.relative(out, source).split(path.sep).join('/') || '.',
    seed,
    validationFraction,
    models,
    crops,
    ...training,
  });
  const manifest = await prepared(request);
  const questionFiles = await findQuestionFiles(manifest.root);
  observer?.onPrepared?.(manifest);
  const work = { request, manifest, crops };
  const evaluations: Evaluation[] = [];
  const { answers, csv, zip } = await answerQuestions({
    manifest,
    out,
    answer: async (task, images) => {
      const members = await predictMembers(work, task, images, models);
      const evaluation = scored(
        manifest,
        task,
        members.map((each) => each.validation),
      );
      if (evaluation !== undefined) {
        evaluations.push(evaluation);
        await observer?.onScored?.(evaluation);
      }
      return ensemble(members.map((each) => each.questions));
    },
  });
  const verification = await verifySubmission(zip, questionFiles, manifest.tasks);
  return { manifest, evaluations, answers, csv, zip, verification };
}

async function prepared(request: SubmitRequest): Promise<Manifest> {
  const { source, out, seed, validationFraction } = request;
  const data = dataFolder(out);
  const file = manifestFile(data);
  if (existsSync(file)) {
    await removeLeftovers(data);
    const manifest = await loadManifest(data, {}, `Remove ${file} and repeat submit`);
    await reportChanges(manifest, request);
    return manifest;
  }
  return (await prepare(source, { out: data, seed, validationFraction })).manifest;
}

/** What changed in the source since an earlier call prepared it. */
async function reportChanges(manifest: Manifest, request: SubmitRequest): Promise<void> {
  const asked = {
    manifest,
    checkHashes: request.checkHashes,
    remedy: 'submit into another folder',
  };
  const changes = [
    ...(await changesSince(asked)),
    ...(await changesSince({ ...asked, part: 'questions' })),
  ];
  for (const sentence of new Set(changes)) {
    request.observer?.onChange?.(sentence);
  }
}

/** Trains and predicts with model 1 … `models` of a task. */
async function predictMembers(work: Work, task: Task, images: QuestionImages, models: number) {
  const members: MemberPredictions[] = [];
  for (let model = 1; model <= models; model++) {
    const run = path.join(work.request.out, 'runs', `model-${model}`, task.name);
    const member = { task: task.name, model, run };
    await trainMember(work, member);
    members.push(await predictMember(work, member, images));
  }
  return members;
}

/** The scores of the models' mean prediction; undefined for a task without validation images. */
function scored(manifest: Manifest, task: Task, predictions: Prediction[]): Evaluation | undefined {
  const samples = [...samplesOf(manifest, task.name, 'validation')];
  if (samples.length === 0) {
    return undefined;
  }
  const { probabilities, failures } = ensemble(predictions);
  return score({ manifest, task, split: 'validation', samples, probabilities, failures });
}
