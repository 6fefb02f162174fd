/** One model of one task: trains it and predicts with it; finished work is read from its run folder. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type ImageFile, type Manifest, resolveSample, samplesOf } from '../dataset/index.js';
import { loadClassifier } from '../model/index.js';
import {
  type ClassifyProgress,
  loadPrediction,
  type Prediction,
  predict,
  savePrediction,
} from '../prediction/index.js';
import { train } from '../training/index.js';
import type { QuestionImages } from './answer.js';
import type { Member, SubmitRequest } from './request.js';

/** The common part of the work of all models. */
export interface Work {
  request: SubmitRequest;
  manifest: Manifest;
  crops: 'center' | 'five' | 'ten';
}

/** One model's predictions of its task's validation images and of its questions' images. */
export interface MemberPredictions {
  validation: Prediction;
  questions: Prediction;
}

/** Trains the model, or resumes its training. A model that is finished stays as it is. */
export async function trainMember({ request, manifest }: Work, member: Member): Promise<void> {
  const { training, seed, observer, signal } = request;
  const { task, model, run } = member;
  if (existsSync(path.join(run, 'model', 'model.json'))) {
    return;
  }
  const result = await train({
    ...training,
    manifest,
    task,
    run,
    signal,
    seed: seed + model - 1,
    resume: true,
    onAugment: (choice) => observer?.onAugment?.(member, choice),
    onProgress: (progress) => observer?.onTraining?.(member, progress),
    onEpoch: (record) => observer?.onEpoch?.(member, record),
  });
  try {
    if (!result.finished) {
      throw signal?.reason;
    }
    await observer?.onTrained?.(member, result);
  } finally {
    result.classifier.model.dispose();
  }
}

/** Predicts with the finished model. A prediction that is already stored in the run folder is read from there. */
export async function predictMember(
  { request, manifest, crops }: Work,
  member: Member,
  images: QuestionImages,
): Promise<MemberPredictions> {
  const { observer, signal } = request;
  const { task, run } = member;
  const classifier = await loadClassifier(path.join(run, 'model'));
  const predictOnce = async (name: string, files: readonly (string | ImageFile)[]) => {
    const stored = path.join(run, `${name}.json`);
    if (existsSync(stored)) {
      return await loadPrediction(stored);
    }
    const onProgress = (progress: ClassifyProgress) => observer?.onPredicting?.(member, progress);
    const prediction = await predict({ ...images, classifier, crops, signal, files, onProgress });
    await savePrediction(prediction, stored);
    return prediction;
  };
  const samples = samplesOf(manifest, task, 'validation');
  const resolved = samples.map((sample) => resolveSample(manifest, sample));
  try {
    const validation = await predictOnce('validation', resolved);
    const questions = await predictOnce('questions', images.files);
    return { validation, questions };
  } finally {
    classifier.model.dispose();
  }
}
