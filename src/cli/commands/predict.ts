/** `bobbin predict`: predicts single images, or answers the questions of a data set with a submission. */
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { csvLine } from '../../csv-line.js';
import { loadManifest } from '../../dataset/index.js';
import { conflict, expected } from '../../errors.js';
import { topClass } from '../../evaluation/index.js';
import {
  type ClassifyOptions,
  type ClassifyProgress,
  classifyOptions,
  ensemble,
  type Prediction,
  type PredictRequest,
  predict,
  rowsOf,
} from '../../prediction/index.js';
import { withProgress } from '../../report/index.js';
import { answerQuestions } from '../../submission/index.js';
import { warnOfChanges } from '../data-changes.js';
import { pickFlags } from '../flags.js';
import { openClassifier } from '../runs.js';
import { warnUnreadable } from '../unreadable.js';

interface Flags {
  run: string[];
  weights?: number[];
  data?: string;
  out?: string;
  task?: string;
}

interface Request {
  runs: string[];
  weights: number[] | undefined;
  values: ClassifyOptions;
}

export const options = classifyOptions;

export function configure(command: Command): void {
  command
    .argument('[images...]', 'images to predict; the result is a CSV on stdout')
    .requiredOption(
      '--run <folder>',
      'run folder of train; repeat it to average several runs',
      // Not variadic, which would read the images that follow as runs.
      (folder: string, earlier: string[] = []) => [...earlier, folder],
    )
    .option(
      '--weights <list>',
      'one weight for each run, separated by commas (default: all 1)',
      numbers,
    )
    .option('--task <name>', 'the task that the images belong to')
    .option('--data <folder>', 'prepared data set whose questions are answered, instead of images')
    .option('--out <folder>', 'with --data: where submission.csv and submission.zip go');
  command.action(async (images: string[], flags: Flags) => {
    checkFlags(images, flags);
    const request = { runs: flags.run, weights: flags.weights, values: pickFlags(options, flags) };
    const { data, out, task } = flags;
    if (data !== undefined) {
      await writeAnswers(request, data, out as string);
    } else {
      await predictImages(request, task as string, images);
    }
  });
}

function checkFlags(images: string[], { run, weights, data, out, task }: Flags): void {
  if (weights !== undefined && weights.length !== run.length) {
    throw expected(`one number per --run, ${run.length},`, '--weights', weights);
  }
  if (images.length > 0 && data !== undefined) {
    throw conflict('--data', 'images', 'It answers the questions of a data set');
  }
  if (images.length === 0 && data === undefined) {
    throw expected('images, or --data and --out,', 'predict', 'neither');
  }
  if (data !== undefined && out === undefined) {
    throw expected('a folder beside --data', '--out', out);
  }
  if (data === undefined && task === undefined) {
    throw expected('a task beside images', '--task', task);
  }
}

async function predictImages(request: Request, task: string, images: string[]): Promise<void> {
  const files = images.map((image) => path.resolve(image));
  const prediction = await averaged(request, task, { files });
  const { classes, failures } = prediction;
  const unread = new Set(failures.map(({ index }) => index));
  console.log(csvLine(['path', 'prediction', ...classes]));
  rowsOf(prediction).forEach((row, index) => {
    const image = images[index] as string;
    const top = unread.has(index) ? '' : (classes[topClass(row)] as string);
    console.log(csvLine([image, top, ...Array.from(row, (p) => p.toFixed(6))]));
  });
  warnUnreadable(failures, 'given the same probability for every class');
}

async function writeAnswers(request: Request, data: string, out: string): Promise<void> {
  const manifest = await loadManifest(data);
  if (manifest.questions.length === 0) {
    throw expected('a data set with questions (question.csv)', '--data', data);
  }
  await warnOfChanges({ manifest, part: 'questions' });
  const { csv, zip, rows } = await answerQuestions({
    manifest,
    out,
    answer: async (task, images) => {
      const answer = await averaged(request, task.name, images);
      warnUnreadable(answer.failures, 'answered with the share of each class in training');
      return answer;
    },
  });
  console.log(`${rows} answers in ${csv} and ${zip}`);
}

async function averaged(
  { runs, weights, values }: Request,
  task: string,
  wanted: Pick<PredictRequest, 'files' | 'fallback' | 'classes'>,
): Promise<Prediction> {
  const members = await withProgress(async (progress) => {
    const predictions: Prediction[] = [];
    for (const run of runs) {
      const classifier = await openClassifier(run, task);
      const onProgress = (state: ClassifyProgress) => progress.update({ label: task, ...state });
      predictions.push(await predict({ ...values, ...wanted, classifier, onProgress }));
      classifier.model.dispose();
    }
    return predictions;
  });
  return ensemble(members, weights);
}

function numbers(list: string): number[] {
  const values = list.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
  if (values.some((value) => !Number.isFinite(value) || value < 0)) {
    throw new InvalidArgumentError(
      expected('numbers of at least 0, separated by commas', '--weights', list).message,
    );
  }
  return values;
}
