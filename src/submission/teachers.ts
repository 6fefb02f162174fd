/** The soft targets of a submission: asked of the teachers once, for all models. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../dataset/index.js';
import { missing } from '../errors.js';
import { type TeachRequest, taughtInWords, teach } from '../prediction/index.js';
import type { Settings } from '../settings.js';
import { loadSoftTargets } from '../training/index.js';
import type { SubmitRequest } from './request.js';

/**
 * What a submission's settings say of teachers; nothing without them.
 *
 * @throws InvalidInputError for questions without teachers
 */
export function taughtSettings({ teachers }: SubmitRequest, teachQuestions: boolean): Settings {
  if (teachers === undefined && teachQuestions) {
    throw missing('the runs that answer', 'teachers', 'teachQuestions needs them');
  }
  return teachers === undefined
    ? {}
    : { teachers: teachers.map((folder) => path.resolve(folder)), teachQuestions };
}

/** The file of soft targets in the folder of a submission. */
export const softTargetsFile = (out: string): string => path.join(out, 'soft-targets.json');

interface Taught {
  manifest: Manifest;
  /** Whether a model has trained. */
  begun: boolean;
  teachQuestions: boolean;
  /** As in the training of the models. */
  trainOn: TeachRequest['trainOn'];
}

/**
 * The file of soft targets in the folder of a submission; undefined without teachers. A submission that has begun keeps its own.
 *
 * @throws InvalidInputError as `teach` does
 */
export async function softTargetsOf(
  { out, teachers, observer, signal }: SubmitRequest,
  { manifest, begun, teachQuestions, trainOn }: Taught,
): Promise<string | undefined> {
  if (teachers === undefined) {
    return undefined;
  }
  const file = softTargetsFile(out);
  const targets =
    begun && existsSync(file)
      ? await loadSoftTargets(file)
      : await teach({
          ...{ manifest, teachers, file, signal },
          trainOn,
          questions: teachQuestions,
          onProgress: observer?.onTeaching,
        });
  observer?.onTaught?.(taughtInWords(targets));
  return file;
}
