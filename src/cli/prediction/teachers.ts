/** The flags of teachers, whose answers are soft targets for a student. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Manifest } from '../../dataset/index.js';
import { conflict, missing } from '../../errors.js';
import { taughtInWords, teach } from '../../prediction/index.js';
import type { ProgressReporter } from '../../report/index.js';
import { loadSoftTargets, type TrainValues } from '../../training/index.js';
import { RepeatableFlag } from '../usage/command.js';

export interface TeacherFlags {
  teachers?: string[];
  teachQuestions?: boolean;
}

/** `--teachers`, which may be repeated. */
export const teachersFlag = () =>
  new RepeatableFlag(
    '--teachers <folder>',
    'run of train, or the folder of runs, that answers for photos without the label of a task: soft targets for what is trained; repeat it for several',
  );

export const teachQuestionsFlag = [
  '--teach-questions',
  'train on the photos of questions, too, by the answers of the teachers',
] as const;

/**
 * @param isTrial whether nothing may be written
 * @throws InvalidInputError for flags that have no meaning together
 */
export function checkTeachers({ teachers, teachQuestions }: TeacherFlags, isTrial = false): void {
  if (teachQuestions && teachers === undefined) {
    throw missing('the runs that answer', '--teachers', '--teach-questions needs them');
  }
  if (teachers !== undefined && isTrial) {
    const why = 'A trial writes nothing: leave --teachers out';
    throw conflict('--teachers', '--dry-run and --overfit', why);
  }
}

interface Student extends TeacherFlags, Pick<TrainValues, 'fold' | 'trainOn'> {
  manifest: Manifest;
  tasks: readonly string[];
  /** Of its run. */
  folder: string;
  resume?: boolean;
}

/**
 * The file of soft targets in the folder of a run: written by the teachers, or of a run that is resumed, as it is. Undefined
 * without teachers.
 */
export async function taughtTargets(
  { teachers, teachQuestions, resume, folder, ...student }: Student,
  name: string,
  { signal, progress }: { signal: AbortSignal; progress: ProgressReporter },
): Promise<string | undefined> {
  const file = path.join(folder, 'soft-targets.json');
  const isThere = resume === true && existsSync(file);
  if (teachers === undefined && !isThere) {
    return undefined;
  }
  const { manifest, tasks, fold, trainOn } = student;
  const targets = isThere
    ? await loadSoftTargets(file)
    : await teach({
        ...{ manifest, tasks, fold, trainOn, file, signal },
        teachers: teachers ?? [],
        questions: teachQuestions,
        onProgress: ({ teacher, ...state }) =>
          progress.update({ ...state, name: teacher, label: 'teaching' }),
      });
  progress.end();
  progress.print(`${name}: ${taughtInWords(targets)}`);
  return file;
}
