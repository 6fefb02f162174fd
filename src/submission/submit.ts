/** The whole way from a source folder to a verified submission; a repeated call continues from the files of the last one. */
import { existsSync } from 'node:fs';
import { checkArguments } from '../arguments.js';
import {
  boxOptions,
  type Manifest,
  manifestFile,
  questionFilesOf,
  samplesOf,
  type Task,
} from '../dataset/index.js';
import {
  ifPresent,
  inLockedFolder,
  inTurn,
  isClaimed,
  readRegular,
  sha256,
  tidied,
  tryLockFolder,
} from '../disk/index.js';
import { conflict, expected } from '../errors.js';
import { type Evaluation, meansOf, type OnResampled, score } from '../evaluation/index.js';
import { checkNetwork } from '../model/index.js';
import {
  ensemble,
  type Prediction,
  type Views,
  variantsOf,
  viewOptions,
} from '../prediction/index.js';
import type { Settings } from '../settings.js';
import { checkedValues, shapingOf, withRecipe } from '../training/index.js';
import { answerQuestions, type QuestionImages } from './answer.js';
import { checkSource, dataFolder, prepared } from './data.js';
import type { SubmissionForm } from './forms/form.js';
import { readForm, usualForm } from './forms/read.js';
import { jobsFolder, preparedFolder, runMembers, withThreads } from './jobs.js';
import {
  type MemberPredictions,
  memberOf,
  predictMember,
  trainMember,
  type Work,
} from './member.js';
import { checkRecipes, trainingFor } from './recipes.js';
import {
  type SubmitRequest,
  type SubmitResult,
  submitShape,
  trainingShape,
  valuesOf,
  viewsOf,
} from './request.js';
import { hasBegun, keepSettings, savedSettings } from './settings.js';
import { softTargetsOf, taughtSettings } from './teachers.js';
import { verifySubmission } from './verify.js';

/**
 * Prepares `source`, trains the models of every task, or of all tasks together, averages their answers to its questions, and writes and verifies
 * the submission.
 *
 * Work that `out` already holds is not repeated: the manifest, finished runs and predictions are used, and an unfinished
 * run resumes at its checkpoint. With `workers`, several calls, also on other machines, may work in `out` at once.
 *
 * @throws InvalidInputError when an option is unknown, missing or out of its range, when `out` was begun with other options, and when another call works in it.
 */
export async function submit(request: SubmitRequest): Promise<SubmitResult> {
  checkArguments('submit', request, submitShape);
  checkArguments('training', request.training, trainingShape);
  const { model, ...training } = await withRecipe(request.training);
  checkedValues({ ...training, seed: request.seed });
  variantsOf(viewsOf(request));
  for (const task of Object.keys(request.recipes ?? {})) {
    const { model: _, ...own } = await trainingFor(request, [task]);
    checkedValues({ ...own, seed: request.seed });
  }
  await readForm(request.form ?? usualForm);
  if (!(await hasBegun(request.out))) {
    await checkNetwork(model);
    await checkSource(request.source, request.questions);
  }
  const { workers } = valuesOf(request);
  if (workers === undefined) {
    return await inLockedFolder(request.out, 'out', () => submitAlone(request));
  }
  return await inLockedFolder(request.out, 'out', () => submitByWorkers(request, workers), {
    shared: true,
  });
}

/** The views that earlier versions did not have, without defaults. */
const newViewsOf = ({ mirror, scales, rotations }: Views): Partial<Views> =>
  Object.fromEntries(
    Object.entries({ mirror, scales, rotations }).filter(
      ([name, value]) =>
        String(value) !== String(viewOptions[name as keyof typeof viewOptions].default),
    ),
  );

async function submitAlone(request: SubmitRequest): Promise<SubmitResult> {
  return await answered(await begin(request, await hasBegun(request.out)));
}

/** Calls with the same `out` share its models, and one after another prepares and answers. */
async function submitByWorkers(request: SubmitRequest, workers: number): Promise<SubmitResult> {
  const { out, signal } = request;
  const folder = jobsFolder(out);
  const claim = preparedFolder(out);
  const { begun, unlock } = await inTurn(
    folder,
    async () => {
      // Another call may have prepared, and its workers not yet trained.
      const isBegun = (await hasBegun(out)) || (await isClaimed(claim));
      const begun = await begin(await withThreads(request, workers, isBegun), isBegun);
      return { begun, unlock: await tryLockFolder(claim, { shared: true }) };
    },
    signal,
  );
  return await tidied(
    async () => {
      await runMembers(begun, workers);
      return await inTurn(folder, () => answered(begun), signal);
    },
    async () => await unlock?.(),
  );
}

interface Begun extends Work {
  form: SubmissionForm;
  questionFiles: Awaited<ReturnType<typeof questionFilesOf>>;
}

/** Keeps the settings and prepares the data, or finds both as an earlier call left them. */
async function begin(request: SubmitRequest, begun: boolean): Promise<Begun> {
  const { out, observer, recipes } = request;
  const { together, teachQuestions } = valuesOf(request);
  const { sources, ...given } = await withRecipe(request.training);
  if (together && recipes !== undefined) {
    throw conflict('together', 'recipes', 'One network learns all tasks, with the same options');
  }
  const settings = { ...shapingOf(given), ...(await settingsOf(request, begun)) };
  await keepSettings(out, settings, begun);
  const manifest = await prepared(request, begun);
  checkRecipes(recipes ?? {}, manifest.tasks);
  const questionFiles = await questionFilesOf(manifest);
  const form = await readForm(request.form ?? usualForm, questionFiles[0]);
  await observer?.onPrepared?.(manifest);
  const softTargets = await softTargetsOf(request, {
    ...{ manifest, begun, teachQuestions },
    trainOn: given.trainOn,
  });
  const views = viewsOf(request);
  return { request, manifest, views, together, softTargets, form, questionFiles };
}

/** Does what is left to do for the models, answers the questions, and writes and verifies the submission. */
async function answered({ form, questionFiles, ...work }: Begun): Promise<SubmitResult> {
  const { request, manifest } = work;
  const { out, observer } = request;
  const { models } = valuesOf(request);
  const evaluations: Evaluation[] = [];
  const resampled: Parameters<OnResampled>[0][] = [];
  const { answers, csv, zip } = await answerQuestions({
    manifest,
    out,
    form,
    answer: async (task, images) => {
      const members = await predictMembers(work, task, images, models);
      const predictions = members.map((each) => each.validation);
      const evaluation = scored(manifest, task, predictions, (each) => resampled.push(each));
      if (evaluation !== undefined) {
        evaluations.push(evaluation);
        await observer?.onScored?.(evaluation);
      }
      return ensemble(members.map((each) => each.questions));
    },
  });
  const verification = await verifySubmission(zip, questionFiles, manifest.tasks, form);
  return { manifest, evaluations, ...meansOf(resampled), answers, csv, zip, verification };
}

/** What a repeated call has to have in common with the first one, beside the training. */
async function settingsOf(request: SubmitRequest, begun: boolean): Promise<Settings> {
  const { seed, validationFraction, recipes } = request;
  const { models, together, teachQuestions } = valuesOf(request);
  const views = viewsOf(request);
  // Earlier versions had no networks of several tasks, no teachers, and no views but crops.
  const newer = {
    ...(together && { together }),
    ...taughtSettings(request, teachQuestions),
    ...newViewsOf(views),
  };
  const tables = await tableSettings(request, begun);
  return { seed, validationFraction, ...tables, models, crops: views.crops, ...newer, recipes };
}

/**
 * The tables by their content: their files may have moved. Of those that a repeated call does not name, what an earlier one kept: the
 * prepared data have what was read from them. The usual unit of boxes is left out, as by versions without boxes, unless it was kept.
 */
async function tableSettings(
  { out, boxes, boxUnit, questions }: SubmitRequest,
  begun: boolean,
): Promise<Settings> {
  const saved = (begun && (await savedSettings(out))) || {};
  const kept = existsSync(manifestFile(dataFolder(out))) ? saved : {};
  const usual = boxOptions.boxUnit.default;
  const unit = boxUnit ?? (boxes === undefined ? kept.boxUnit : undefined) ?? usual;
  return {
    boxes: boxes === undefined ? kept.boxes : await hashOf('boxes', boxes),
    ...((unit !== usual || saved.boxUnit !== undefined) && { boxUnit: unit }),
    questions: questions === undefined ? kept.questions : await hashOf('questions', questions),
  };
}

async function hashOf(name: string, file: string): Promise<string> {
  const bytes = await ifPresent(readRegular(file));
  if (bytes === undefined) {
    throw expected('an existing file', name, file);
  }
  return sha256(bytes);
}

/** Trains and predicts with model 1 … `models` of a task. */
async function predictMembers(work: Work, task: Task, images: QuestionImages, models: number) {
  const members: MemberPredictions[] = [];
  for (let model = 1; model <= models; model++) {
    const member = memberOf(work, task.name, model);
    await trainMember(work, member);
    members.push(await predictMember(work, member, images));
  }
  return members;
}

/** The scores of the models' mean prediction; undefined for a task without validation images. */
function scored(
  manifest: Manifest,
  task: Task,
  predictions: Prediction[],
  onResampled: OnResampled,
): Evaluation | undefined {
  const samples = [...samplesOf(manifest, task.name, 'validation')];
  if (samples.length === 0) {
    return undefined;
  }
  const { probabilities, failures } = ensemble(predictions);
  const found = { samples, probabilities, failures };
  return score({ manifest, task, split: 'validation', ...found, onResampled });
}
