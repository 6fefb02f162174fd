/** `npm run bench -- craft FOLDER`: what each option of a competitor's craft gains or loses on drawn garments. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fashionAiTasks, type Manifest, prepare, taskOf } from '../../src/dataset/index.js';
import { evaluate } from '../../src/evaluation/index.js';
import { loadClassifier } from '../../src/model/index.js';
import { teach } from '../../src/prediction/index.js';
import { textTable } from '../../src/report/index.js';
import { synthesize } from '../../src/synthetic/index.js';
import { type TrainOptions, train } from '../../src/training/index.js';
import { writeJson } from '../output.js';
import { tinyClassifier } from './tiny.js';

export interface CraftOptions {
  /** Of the drawn photos, and of what is trained. */
  folder: string;
  seeds: number;
  epochs: number;
  /** Side of the images in pixels. */
  size: number;
  imagesPerTask: number;
  /** By default all eight. */
  tasks: readonly string[];
  /** `tiny`: from random weights, in seconds a run. */
  network: 'efficientnet-lite0' | 'tiny';
  json: string | undefined;
}

/** A way to train that is compared with another one. */
interface Craft {
  name: string;
  /** The name of the one that it is compared with; none for those. */
  against?: string;
  options?: Partial<TrainOptions>;
  /** Whether it is one for ordered classes; they are of lengths. */
  ofLengths?: true;
  /** Whether one network learns all tasks. */
  together?: true;
  /** Whether the runs of `alone` fill in what labels are missing, for photos and, if asked, for questions. */
  teachers?: 'photos' | 'questions';
}

/** The tasks that can be drawn. */
export const allTasks = fashionAiTasks.map(({ name }) => name);

/** To add one, add a line. */
const crafts: readonly Craft[] = [
  { name: 'alone' },
  { name: '--maybe 0.2', against: 'alone', options: { maybe: 0.2 } },
  {
    name: '--ordered-loss cumulative',
    against: 'alone',
    options: { orderedLoss: 'cumulative' },
    ofLengths: true,
  },
  {
    name: '--ordered-loss distance',
    against: 'alone',
    options: { orderedLoss: 'distance' },
    ofLengths: true,
  },
  // Other augmentation for the lengths alone: no zoom, and less of it.
  {
    name: '--crop random',
    against: 'alone',
    options: { augmentation: { crop: 'random' } },
    ofLengths: true,
  },
  {
    name: '--area 0.8,1',
    against: 'alone',
    options: { augmentation: { area: [0.8, 1] } },
    ofLengths: true,
  },
  { name: '--together', against: 'alone', together: true },
  { name: '--together --teachers', against: '--together', together: true, teachers: 'photos' },
  {
    name: '--together --teachers --teach-questions',
    against: '--together',
    together: true,
    teachers: 'questions',
  },
];

/** Scores of the validation photos of a task, 0…1. */
interface Scores {
  accuracy: number;
  /** The competition's AP. */
  averagePrecision: number;
}

/** Of a way: by task, then by seed. */
type ScoresOfWay = Map<string, Scores[]>;

/** Trains all, which a repeated call continues, and prints a row for each. */
export async function compareCrafts(options: CraftOptions): Promise<void> {
  const { folder, size, imagesPerTask, tasks, json } = options;
  const source = path.join(folder, 'photos');
  if (!existsSync(source)) {
    await synthesize(source, { imagesPerTask, tasks, size: Math.ceil(size * 1.15) });
  }
  const out = path.join(folder, 'data');
  const { manifest } = await prepare(source, { out, validationFraction: 0.3 });
  const known = new Map<string, ScoresOfWay>();
  const rows: Row[] = [];
  for (const craft of crafts) {
    const scores = await scoresOf(craft, { ...options, manifest });
    known.set(craft.name, scores);
    rows.push(rowOf(craft, scores, known.get(craft.against ?? '')));
    console.log(`${textTable(header, rows.map(cellsOf))}\n`);
  }
  await writeJson(json, rows);
}

interface Work extends CraftOptions {
  manifest: Manifest;
}

async function scoresOf(craft: Craft, work: Work): Promise<ScoresOfWay> {
  const { manifest, seeds } = work;
  const tasks = work.tasks.filter((task) => !craft.ofLengths || task.includes('length'));
  const scores: ScoresOfWay = new Map(tasks.map((task) => [task, []]));
  for (let seed = 1; seed <= seeds; seed++) {
    for (const group of craft.together ? [tasks] : tasks.map((task) => [task])) {
      const run = await trained(craft, group, seed, work);
      for (const task of group) {
        using classifier = await loadClassifier(run, { task });
        const { accuracy, averagePrecision = 0 } = await evaluate({ classifier, manifest, task });
        scores.get(task)?.push({ accuracy, averagePrecision });
      }
    }
  }
  return scores;
}

/** The folder of a finished run. */
async function trained(
  { name, options, teachers }: Craft,
  tasks: readonly string[],
  seed: number,
  { folder, manifest, epochs, size, network }: Work,
): Promise<string> {
  const runsOf = (way: string) => path.join(folder, 'runs', `${way} ${seed}`);
  const run = path.join(runsOf(name), tasks.length > 1 ? 'together' : (tasks[0] as string));
  const file = path.join(runsOf(name), 'soft-targets.json');
  if (teachers !== undefined && !existsSync(file)) {
    const questions = teachers === 'questions';
    await teach({ manifest, teachers: [runsOf('alone')], questions, file });
  }
  const heads = tasks.map((task) => taskOf(manifest, task));
  const { classifier } = await train({
    ...{ manifest, seed, epochs, run, batchSize: 16, resume: true },
    ...(network === 'tiny'
      ? { classifier: tinyClassifier(heads, size, seed), learningRate: 0.004 }
      : { model: { size } }),
    ...(tasks.length > 1 ? { tasks } : { task: tasks[0] }),
    ...(teachers && { softTargets: file }),
    ...options,
  });
  classifier.model.dispose();
  return run;
}

/** Means over tasks and seeds. Gains are those of the same tasks and seeds, with their standard error over the seeds. */
interface Row {
  name: string;
  against: string | undefined;
  accuracy: Change;
  averagePrecision: Change;
}

interface Change {
  mean: number;
  gain?: number;
  error?: number;
}

const header = ['training', 'accuracy %', 'gain', '± s.e.', 'AP %', 'gain', '± s.e.'];

const cellsOf = ({ name, accuracy, averagePrecision }: Row): string[] => [
  name,
  ...[accuracy, averagePrecision].flatMap(({ mean, gain, error }) =>
    [mean, gain, error].map((value) => (value === undefined ? '' : (100 * value).toFixed(2))),
  ),
];

function rowOf({ name, against }: Craft, own: ScoresOfWay, other: ScoresOfWay | undefined): Row {
  const changeOf = (key: keyof Scores): Change => {
    const tasks = [...own];
    const mean = meanOf(tasks.flatMap(([, scores]) => scores.map((each) => each[key])));
    if (other === undefined) {
      return { mean };
    }
    const [[, first]] = tasks as [[string, Scores[]]];
    const gains = first.map((_, seed) =>
      meanOf(
        tasks.map(([task, scores]) => {
          const before = other.get(task)?.[seed] as Scores;
          return (scores[seed] as Scores)[key] - before[key];
        }),
      ),
    );
    const gain = meanOf(gains);
    const variance = meanOf(gains.map((each) => (each - gain) ** 2)) / (gains.length - 1);
    return { mean, gain, error: Math.sqrt(variance) };
  };
  return {
    name,
    against,
    accuracy: changeOf('accuracy'),
    averagePrecision: changeOf('averagePrecision'),
  };
}

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
