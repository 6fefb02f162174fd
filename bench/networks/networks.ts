/** `npm run bench -- networks FOLDER`: imports families of networks, and compares what they compute of photos with ONNX Runtime. */
import path from 'node:path';
import {
  type Imported,
  importNetwork,
  largestDifference,
  readReference,
} from '../../src/import/index.js';
import { textTable } from '../../src/report/index.js';
import { compareExported } from './exported.js';

/** Photos that each network computes. */
const photoCount = 8;

/** Of the largest value that ONNX Runtime computes. */
const mostDifference = 1e-4;

interface Row {
  family: string;
  side: number;
  nodes: number;
  tensors: number;
  /** As a share of the largest value. */
  difference: number;
  /** Of the processor, for all photos: here, op by op, and in ONNX Runtime. */
  milliseconds: number;
  peerMilliseconds: number;
  fault?: string;
}

/** Prints a row for each family; exits 1 if one is not imported, or computes something else. */
export async function compareNetworks(
  files: string[],
  { only, json }: { only: string[]; json: string | undefined },
): Promise<void> {
  const rows = await compareExported<Row, Record<string, number>>({
    program: 'export.py',
    files,
    photoCount,
    only,
    json,
    compare: (file, times) => compare(file, times[path.basename(file)] as number),
    told: ({ fault, difference }) => fault ?? difference.toExponential(1),
  });
  console.log(tableOf(rows));
  const good = rows.filter(({ difference }) => difference <= mostDifference);
  console.log(`${good.length} of ${rows.length} within ${mostDifference} of the largest value`);
  process.exitCode = good.length < rows.length ? 1 : 0;
}

async function compare(file: string, peerMilliseconds: number): Promise<Row> {
  const family = path.basename(file);
  try {
    const network = await importNetwork(`${file}.onnx`, { out: `${file}-network` });
    const reference = await readReference(`${file}-images.npy`, `${file}-outputs.npy`);
    const difference = await largestDifference(network, reference, family);
    const before = process.cpuUsage();
    await largestDifference(network, reference, family);
    const { user, system } = process.cpuUsage(before);
    const milliseconds = (user + system) / 1000;
    return { family, ...sizesOf(network), difference, milliseconds, peerMilliseconds };
  } catch (error) {
    const none = { side: 0, nodes: 0, tensors: 0, difference: Number.POSITIVE_INFINITY };
    const fault = (error as Error).message;
    return { family, ...none, milliseconds: 0, peerMilliseconds, fault };
  }
}

const sizesOf = ({ record, weights }: Imported) => ({
  side: record.preprocessing.crop,
  nodes: record.graph?.nodes.length ?? 0,
  tensors: weights.size,
});

function tableOf(rows: Row[]): string {
  const header = ['family', 'side', 'nodes', 'weights', 'difference', 'CPU ms', 'ORT CPU ms'];
  return textTable(
    header,
    rows.map(({ family, side, nodes, tensors, difference, milliseconds, peerMilliseconds }) => [
      family,
      ...[side, nodes, tensors].map(String),
      difference.toExponential(1),
      ...[milliseconds, peerMilliseconds].map((value) => value.toFixed(0)),
    ]),
  );
}
