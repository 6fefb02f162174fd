/** `bobbin predict`: probabilities of single images, or a submission answering the questions of a data set. */
import path from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { csvLine } from '../../csv-line.js';
import { loadManifest, resolveSample } from '../../dataset/index.js';
import { expected } from '../../errors.js';
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
import { classShares, writeSubmission } from '../../submission/index.js';
import { pickFlags } from '../flags.js';
import { chosenTasks, openClassifier } from '../runs.js';
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
    .argument('[images...]', 'images to predict; a CSV goes to stdout')
    .requiredOption(
      '--run <folder>',
      'what train wrote; repeated, the runs are averaged',
      // Not variadic: that would take the images that follow for runs.
      (folder: string, earlier: string[] = []) => [...earlier, folder],
    )
    .option('--weights <list>', 'one weight per run, separated by commas (default: all 1)', numbers)
    .option('--task <name>', 'the task that the images belong to')
    .option('--data <folder>', 'prepared data set whose questions to answer instead of images')
    .option('--out <folder>', 'with --data: where submission.csv and submission.zip go');
  command.action(async (images: string[], flags: Flags) => {
    const values = pickFlags(options, flags);
    const request = { runs: flags.run, weights: flags.weights, values };
    const { data, out, task } = flags;
    if (flags.weights !== undefined && flags.weights.length !== flags.run.length) {
      throw expected(`one number per --run, ${flags.run.length},`, '--weights', flags.weights);
    }
    if (images.length > 0 && data === undefined) {
      if (task === undefined) {
        throw expected('a task', '--task', undefined);
      }
      await predictImages(request, task, images);
    } else if (images.length === 0 && data !== undefined && out !== undefined) {
      await answerQuestions(request, data, out);
    } else {
      throw expected('either images, or --data and --out', 'predict', images);
    }
  });
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

async function answerQuestions(request: Request, data: string, out: string): Promise<void> {
  const manifest = await loadManifest(data);
  if (manifest.questions.length === 0) {
    throw expected('a data set with questions (question.csv)', '--data', data);
  }
  const predictions = new Map<string, Float32Array[]>();
  for (const task of chosenTasks(manifest, undefined)) {
    const asked = manifest.questions.filter((question) => question.task === task.name);
    const files = asked.map(({ file }) => resolveSample(manifest, file));
    const fallback = classShares(manifest, task);
    const answer = await averaged(request, task.name, { files, fallback, classes: task.classes });
    warnUnreadable(answer.failures, 'answered with the share of each class in training');
    predictions.set(task.name, rowsOf(answer));
  }
  const { questions, tasks } = manifest;
  const { csv, zip } = await writeSubmission({ questions, tasks, predictions, out });
  console.log(`${questions.length} answers in ${csv} and ${zip}`);
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
