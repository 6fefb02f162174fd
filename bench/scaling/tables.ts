/** The results as tables: in a terminal, and in docs/scaling.md. */
import { textTable } from '../../src/report/index.js';
import { atBest, bucketCounts, forecasts, networks, workerCounts } from './forecast.js';
import { gpu, published, type Source } from './published.js';
import { type CostModel, ratioToPeer, type ScalingRow } from './results.js';

/** The content of `--json`. */
export interface Measured {
  net: string;
  batch: number;
  steps: number;
  rounds: number;
  date: string;
  machine: string;
  /** The load average before the first run: above 1, other programs took a part of the machine. */
  loadBefore: number;
  /** Why nothing was limited. */
  unlimited?: string;
  rows: ScalingRow[];
  model?: CostModel;
}

/** The first row is the header. */
export type Table = string[][];

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const limitOf = ({ megabits }: { megabits: number | null }) =>
  megabits === null ? 'none' : `${megabits} Mb/s`;
const linked = ({ title, address }: Source) => `[${title}](${address})`;

export function measuredTable({ rows }: Measured): Table {
  const header = ['contender', 'workers', 'limit', 'batch normalisation', 'ms/step', 'spread'];
  const body = rows.map((row) => [
    ...[row.contender, `${row.workers}`, row.workers === 1 ? '' : limitOf(row), row.batchNorm],
    // One round has no spread.
    ...[row.stepMs.toFixed(0), row.roundsMs.length > 1 ? percent(row.spread) : ''],
    row.imagesPerSecond.toFixed(1),
    ...[row.cpuMs.toFixed(0), ratioToPeer(row, rows)?.toFixed(2) ?? ''],
  ]);
  return [[...header, 'images/s', 'CPU ms/step', '× Keras'], ...body];
}

export function partsTable({ rows }: Measured): Table {
  const header = ['workers', 'limit', 'batch normalisation', 'compute', 'of it backward'];
  const body = rows.flatMap(({ parts, ...row }) => {
    if (parts === undefined) {
      return [];
    }
    const { computeMs, backwardMs, reduceMs, wholeMs, overlap, stragglerMs } = parts;
    const isShared = row.workers > 1;
    return [
      [
        ...[`${row.workers}`, isShared ? limitOf(row) : '', row.batchNorm],
        ...[computeMs, backwardMs, reduceMs, wholeMs].map((ms) => ms.toFixed(0)),
        ...(isShared ? [percent(overlap), stragglerMs.toFixed(0)] : ['', '']),
      ],
    ];
  });
  return [[...header, 'all-reduce', 'step', 'hidden', 'last after first'], ...body];
}

export const modelTable = ({
  link,
  shareOfLimit,
  overlap,
  backwardShare,
  unlimited,
}: CostModel) => [
  ['constant', 'value'],
  ['latency α', `${link.latencyMs.toFixed(2)} ms`],
  [
    'bandwidth β',
    `${(link.bytesPerMs / 1000).toFixed(0)} MB/s${shareOfLimit === null ? '' : `, ${percent(shareOfLimit)} of the limit`}`,
  ],
  ...(unlimited === null
    ? []
    : [['bandwidth without a limit', `${(unlimited.bytesPerMs / 1000).toFixed(0)} MB/s`]]),
  ['hidden share of the all-reduce', percent(overlap)],
  ['share of the backward pass in the computation', percent(backwardShare)],
];

export function checksTable({ checks }: CostModel): Table {
  const off = (foretold: number, measured: number) =>
    `${foretold < measured ? '−' : '+'}${percent(Math.abs(foretold / measured - 1))}`;
  const header = ['workers', 'limit', 'all-reduce foretold', 'measured', 'error'];
  const body = checks.map((check) => [
    ...[`${check.workers}`, limitOf(check)],
    ...[check.foretoldReduceMs, check.measuredReduceMs].map((ms) => `${ms.toFixed(0)} ms`),
    off(check.foretoldReduceMs, check.measuredReduceMs),
    ...[check.foretoldMs, check.measuredMs].map((ms) => `${ms.toFixed(0)} ms`),
    off(check.foretoldMs, check.measuredMs),
  ]);
  return [[...header, 'step foretold', 'measured', 'error'], ...body];
}

/** Efficiencies by the number of workers; for each network the fitted transport and the best one. */
export function forecastTable(model: CostModel): Table {
  const all = forecasts(model);
  const [many, one] = bucketCounts;
  const header = networks.flatMap((gigabits) => [
    `${gigabits} Gb/s, ${many} buckets`,
    `${one} bucket`,
    'at best',
  ]);
  const body = workerCounts.map((count) => [
    `${count}`,
    ...all
      .filter(({ workers }) => workers === count)
      .flatMap(({ asMeasured, atBest }) => [...asMeasured, atBest].map(percent)),
  ]);
  return [['workers', ...header], ...body];
}

/** A worker reads the photos of its share alone, whose mean size decides. */
export function inputTable(): Table {
  const bytes = [30e3, 110e3];
  const header = bytes.map((size) => `photos of ${size / 1000} KB`);
  const body = [1, 8, 64, 512].map((workers) => [
    `${workers}`,
    `${(workers * gpu.imagesPerSecond).toLocaleString('en')}`,
    ...bytes.map((size) => `${Math.round((gpu.imagesPerSecond * size) / 1e6)} MB/s`),
    `${((workers * gpu.imagesPerSecond * 110e3) / 1e9).toFixed(1)} GB/s`,
  ]);
  return [['workers', 'images/s', ...header, 'all together, 110 KB'], ...body];
}

export const publishedTable = (): Table => [
  ['what', 'network', 'published', 'the model at best', 'source'],
  ...published.map(({ what, network, efficiency, setup, source }) => [
    ...[what, network, efficiency],
    ...[setup === undefined ? 'too little is published' : percent(atBest(setup)), linked(source)],
  ]),
];

/** All of it for a terminal. */
export function tell(measured: Measured): string {
  const { model, net, batch, steps, rounds, machine } = measured;
  const shown = ([header = [], ...body]: Table) => textTable(header, body);
  const about = `${net}, ${batch} images a step of all workers, one thread each; ${rounds} × ${steps} steps; ${machine}`;
  const tables = [
    shown(measuredTable(measured)),
    `Parts of Bobbin's step in ms:\n${shown(partsTable(measured))}`,
    ...(model === undefined
      ? []
      : [
          shown(modelTable(model)),
          ...(model.checks.length === 0
            ? []
            : [`Settings that the model is not fitted to:\n${shown(checksTable(model))}`]),
          `Foretold efficiency of ResNet50 on ${gpu.name}:\n${shown(forecastTable(model))}`,
        ]),
  ];
  return [...tables, about].join('\n\n');
}
