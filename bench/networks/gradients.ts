/**
 * `npm run bench -- networks FOLDER --gradients`: trains imported networks. Compares their logits with ONNX Runtime's, and their
 * gradients and averages with torch's.
 *
 * The yardstick for gradients is torch with 64 bits. With 32 bits torch itself is wrong by a hundredth where rounding moves one input
 * of a ReLU across zero, and by other amounts with another number of threads: it cannot tell a fault from rounding. disturb.py makes
 * networks in which this does not happen. So one bound holds for them all, and torch's own distance with 32 bits is only shown.
 */
import path from 'node:path';
import { withSource } from '../../src/disk/index.js';
import {
  importNetwork,
  largestDifference,
  type Reference,
  readReference,
} from '../../src/import/index.js';
import { readTensors } from '../../src/model/weights/index.js';
import { textTable } from '../../src/report/index.js';
import { tf } from '../../src/tensorflow/index.js';
import { compareExported } from './exported.js';
import { Trial } from './trial.js';

/** Photos whose logits are compared, and those among them of a batch, as in gradients.py; their classes are 0, 1, 2, … */
const photoCount = 8;
const batchSize = 4;

/** Of the largest logit, and of the lengths of torch's gradients and averages. */
const mostDistance = 1e-4;

/** Most of a gradient in the families where disturb.py cannot move all inputs. Torch itself is off by as much with 32 bits. */
const mostBesideKinks: Record<string, number> = { seresnet50: 1e-2 };

/** Distances are lengths of differences, as shares of the length of the tensor that torch computes. */
interface Row {
  family: string;
  /** Numbers that can be trained. */
  parameters: number;
  /** The largest difference from ONNX Runtime's, as a share of its largest. */
  logits: number;
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

/** Prints a row for each family; exits 1 if one has other logits, gradients or averages, or does not learn. */
export async function compareGradients(
  files: string[],
  { only, json }: { only: string[]; json: string | undefined },
): Promise<void> {
  const rows = await compareExported<Row>({
    program: 'gradients.py',
    files,
    photoCount,
    only,
    json,
    compare: (file) => compare(file),
    told: (row) => row.fault ?? cellsOf(row).slice(1).join('  '),
  });
  console.log(textTable(header, rows.map(cellsOf)));
  const good = rows.filter(isGood);
  console.log(`${good.length} of ${rows.length} compute what torch does, and learn`);
  process.exitCode = good.length < rows.length ? 1 : 0;
}

const isGood = ({ family, logits, gradient, average, firstLoss, lastLoss }: Row): boolean =>
  Math.max(logits, average) <= mostDistance &&
  gradient <= (mostBesideKinks[family] ?? mostDistance) &&
  lastLoss < firstLoss;

async function compare(file: string): Promise<Row> {
  const family = path.basename(file);
  try {
    const network = await importNetwork(`${file}.onnx`, { out: `${file}-network` });
    const reference = await readReference(`${file}-images.npy`, `${file}-outputs.npy`);
    const wanted = await withSource(`${file}-gradients.safetensors`, readTensors);
    const logits = await largestDifference(network, reference, family);
    const trial = new Trial(network, batchOf(reference));
    try {
      const gradients = trial.gradients(wanted);
      return { family, logits, ...gradients, ...trial.averages(wanted), ...trial.losses() };
    } finally {
      trial.dispose();
    }
  } catch (error) {
    const none = { parameters: 0, weight: '', torch: 0, firstLoss: 0, lastLoss: 0 };
    const far = Number.POSITIVE_INFINITY;
    const fault = (error as Error).message;
    return { family, ...none, logits: far, gradient: far, average: far, fault };
  }
}

const batchOf = ({ images: { shape, values } }: Reference): tf.Tensor =>
  tf.tidy(() => tf.tensor(values, shape).slice(0, batchSize).transpose([0, 2, 3, 1]));

const header = [
  'family',
  'parameters',
  'logits',
  'gradient',
  'of',
  "torch's own",
  'averages',
  'loss',
  'after',
];

const cellsOf = (row: Row): string[] => [
  row.family,
  row.parameters.toLocaleString('en'),
  row.logits.toExponential(1),
  row.gradient.toExponential(1),
  row.weight,
  row.torch.toExponential(1),
  row.average.toExponential(1),
  row.firstLoss.toFixed(3),
  row.lastLoss.toFixed(3),
];
