/** `npm run bench -- networks FOLDER --gradients`: trains imported networks, and compares their gradients and averages with torch's. */
import path from 'node:path';
import { withSource } from '../../src/disk/index.js';
import { GraphLayer, type ProgramWeight } from '../../src/graph/index.js';
import { type Imported, importNetwork } from '../../src/import/index.js';
import { readNpy } from '../../src/import/npy.js';
import { type NamedTensors, readTensors } from '../../src/model/weights/index.js';
import { textTable } from '../../src/report/index.js';
import { jit, tf } from '../../src/tensorflow/index.js';
import { checkOutput, writeJson } from '../output.js';
import { compareExported } from './exported.js';

/** Photos of a batch; their classes are 0, 1, 2, … */
const photoCount = 4;

/** Steps of plain gradient descent, and their learning rate. */
const stepCount = 20;
const learningRate = 0.01;

/** Of the length of torch's tensor. Rounding may flip a ReLU: so much more is right as torch itself is off with 32 bits. */
const mostDistance = 1e-4;
const mostOfTorch = 2;

/** Gradients that are so much shorter than the longest one are rounding errors of zero: of a bias before a normalisation. */
const negligible = 1e-6;

/** Distances are lengths of differences, as shares of the length of the tensor that torch computes. */
interface Row {
  family: string;
  /** Weights with gradients, and those of torch that the network cannot train. */
  tensors: number;
  untrained: string[];
  /** The largest distance of a gradient from torch's with 64 bits, its weight, and the largest of torch's own with 32 bits. */
  gradient: number;
  weight: string;
  torch: number;
  /** The largest distance of a running average. */
  average: number;
  firstLoss: number;
  lastLoss: number;
  fault?: string;
}

/** Prints a row for each family; exits 1 if one has other gradients or averages, or does not learn. */
export async function compareGradients(
  files: string[],
  { only, json }: { only: string[]; json: string | undefined },
): Promise<void> {
  checkOutput('--json', json);
  const rows = await compareExported<Row>({
    program: 'gradients.py',
    files,
    photoCount,
    only,
    compare: (file) => compare(file),
    told: (row) => row.fault ?? cellsOf(row).slice(1).join('  '),
  });
  console.log(textTable(header, rows.map(cellsOf)));
  await writeJson(json, rows);
  const good = rows.filter(isGood);
  console.log(`${good.length} of ${rows.length} have torch's gradients and averages, and learn`);
  process.exitCode = good.length < rows.length ? 1 : 0;
}

const isGood = ({ gradient, torch, average, untrained, firstLoss, lastLoss }: Row): boolean =>
  gradient <= Math.max(mostDistance, mostOfTorch * torch) &&
  average <= mostDistance &&
  untrained.length === 0 &&
  lastLoss < firstLoss;

async function compare(file: string): Promise<Row> {
  const family = path.basename(file);
  try {
    const network = await importNetwork(`${file}.onnx`, { out: `${file}-network` });
    const { shape, values } = await readNpy(`${file}-images.npy`);
    const wanted = await withSource(`${file}-gradients.safetensors`, readTensors);
    const images = tf.tidy(() => tf.tensor(values, shape).transpose([0, 2, 3, 1]));
    const trial = new Trial(network, images);
    try {
      return { family, ...trial.gradients(wanted), ...trial.averages(wanted), ...trial.losses() };
    } finally {
      trial.dispose();
      images.dispose();
    }
  } catch (error) {
    const none = { tensors: 0, untrained: [], weight: '', torch: 0, firstLoss: 0, lastLoss: 0 };
    const far = Number.POSITIVE_INFINITY;
    return { family, ...none, gradient: far, average: far, fault: (error as Error).message };
  }
}

/** An imported network with its own head, and a batch to train it with. */
class Trial {
  private readonly layer: GraphLayer;
  private readonly classes: tf.Tensor;

  constructor(
    { record: { name, graph }, weights }: Imported,
    private readonly images: tf.Tensor,
  ) {
    if (graph === undefined) {
      throw new Error(`${name} has no graph`);
    }
    this.layer = new GraphLayer({ name, graph, outputs: graph.outputs });
    const output = this.layer.apply(tf.input({ shape: images.shape.slice(1) }));
    tf.tidy(() =>
      this.layer.setWeights(this.layer.weights.map((weight) => kept(weights, this.inFile(weight)))),
    );
    const [, classCount] = (output as tf.SymbolicTensor).shape;
    this.classes = tf.oneHot(tf.range(0, images.shape[0], 1, 'int32'), classCount as number);
  }

  /** Compares those of the loss with frozen normalisation. */
  gradients(wanted: NamedTensors) {
    const trained = this.layer.trainableWeights;
    const variables = this.variables();
    const compute = jit(() => {
      const { grads } = tf.variableGrads(() => this.loss(false), variables);
      return variables.map(({ name }) => grads[name] as tf.Tensor);
    });
    const gradients = compute();
    compute.dispose();
    const lengths = lengthsOf(wanted);
    const least = negligible * Math.max(...lengths.values());
    const rows = trained.flatMap((weight, i) => {
      const inFile = this.inFile(weight);
      if ((lengths.get(inFile.name) ?? 0) < least) {
        return [];
      }
      const [narrow, exact] = ['float32', 'float64'].map((type) => kept(wanted, inFile, type));
      const [ours, torch] = [gradients[i], narrow].map((each) =>
        distance(each as tf.Tensor, exact as tf.Tensor),
      );
      tf.dispose([narrow, exact]);
      return [{ name: inFile.name, ours: ours as number, torch: torch as number }];
    });
    tf.dispose(gradients);
    const known = new Set(trained.map((weight) => this.inFile(weight).name));
    const untrained = [...lengths].filter(([name, length]) => length >= least && !known.has(name));
    const worst = rows.reduce((most, row) => (row.ours > most.ours ? row : most));
    return {
      tensors: rows.length,
      untrained: untrained.map(([name]) => name),
      gradient: worst.ours,
      weight: worst.name,
      torch: Math.max(...rows.map(({ torch }) => torch)),
    };
  }

  /** Compares those after one pass in training. */
  averages(wanted: NamedTensors) {
    const pass = jit(() => this.layer.call(this.images, { training: true }));
    tf.dispose(pass());
    pass.dispose();
    const distances = this.layer.nonTrainableWeights.flatMap((weight) => {
      const inFile = this.inFile(weight);
      return wanted.has(`averages/${inFile.name}`)
        ? [tf.tidy(() => distance(weight.read(), kept(wanted, inFile, 'averages')))]
        : [];
    });
    return { average: Math.max(0, ...distances) };
  }

  /** The loss before the first step and the last one. */
  losses() {
    const optimizer = tf.train.sgd(learningRate);
    const variables = this.variables();
    const step = jit(() => optimizer.minimize(() => this.loss(true), true, variables) as tf.Scalar);
    const losses = Array.from({ length: stepCount }, () => {
      const loss = step();
      const [value] = loss.dataSync();
      loss.dispose();
      return value as number;
    });
    step.dispose();
    return { firstLoss: losses[0] as number, lastLoss: losses.at(-1) as number };
  }

  dispose(): void {
    this.layer.dispose();
    this.classes.dispose();
  }

  private loss(training: boolean): tf.Scalar {
    const logits = this.layer.call(this.images, { training }) as tf.Tensor;
    return tf.losses.softmaxCrossEntropy(this.classes, logits);
  }

  private variables(): tf.Variable[] {
    return this.layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  }

  private inFile({ originalName }: tf.LayerVariable): ProgramWeight {
    return this.layer.fileWeight(originalName.slice(this.layer.name.length + 1)) as ProgramWeight;
  }
}

/** The tensor of a weight with its axes as the layer keeps them. @param kind what of the weight it is, if `tensors` has several */
function kept(tensors: NamedTensors, { name, axes }: ProgramWeight, kind?: string): tf.Tensor {
  const key = kind === undefined ? name : `${kind}/${name}`;
  const tensor = tensors.get(key);
  if (tensor === undefined) {
    throw new Error(`torch has no ${key}`);
  }
  return tf.tidy(() => tf.tensor(tensor.values, tensor.shape).transpose(axes));
}

/** The lengths of torch's gradients, by the names of their weights. */
const lengthsOf = (wanted: NamedTensors): Map<string, number> =>
  new Map(
    [...wanted]
      .filter(([key]) => key.startsWith('float64/'))
      .map(([key, { values }]) => [key.slice('float64/'.length), lengthOf(values)]),
  );

const lengthOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

const distance = (actual: tf.Tensor, wanted: tf.Tensor): number =>
  tf.tidy(() => {
    const [length] = wanted.norm().dataSync();
    const [difference] = actual.sub(wanted).norm().dataSync();
    return (difference as number) / (length || 1);
  });

const header = ['family', 'weights', 'gradient', 'of', "torch's own", 'averages', 'loss', 'after'];

const cellsOf = (row: Row): string[] => [
  row.family,
  `${row.tensors}${row.untrained.length > 0 ? ` (${row.untrained.length} left)` : ''}`,
  row.gradient.toExponential(1),
  row.weight,
  row.torch.toExponential(1),
  row.average.toExponential(1),
  row.firstLoss.toFixed(3),
  row.lastLoss.toFixed(3),
];
