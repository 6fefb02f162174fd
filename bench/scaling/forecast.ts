/** What the cost model foretells for ResNet50 on 8 to 512 GPUs, each with a network card of its own. */
import { type Link, reduceMs, stepMs, type Traffic } from './cost-model.js';
import { gpu, type Published, resnet50Bytes } from './published.js';
import { bytesPerMs, type CostModel } from './results.js';

export const workerCounts = [8, 16, 32, 64, 128, 256, 512] as const;
export const networks = [10, 100, 400] as const;

/** `bucketMB` of allReduce, by default, and one bucket for all. */
export const bucketCounts = [Math.ceil(resnet50Bytes / 12e6), 1] as const;

/** The share of a step that is computation, 0…1: how much of `workers` times one worker's speed is left. */
export interface Forecast {
  workers: number;
  gigabits: number;
  /** TensorFlow's transport as it is fitted here, by the number of buckets. */
  asMeasured: number[];
  /** A transport without latency that uses the whole network: no ring of float32 gradients does better. */
  atBest: number;
}

export function forecasts({ link, overlap, shareOfLimit, unlimited }: CostModel): Forecast[] {
  return networks.flatMap((gigabits) =>
    workerCounts.map((workers) => {
      const wanted = bytesPerMs(gigabits) * Math.min(1, shareOfLimit ?? 1);
      const most = unlimited?.bytesPerMs ?? link.bytesPerMs;
      const fitted: Link = { ...link, bytesPerMs: Math.min(wanted, most) };
      const traffic = { workers, bytes: resnet50Bytes };
      return {
        ...{ workers, gigabits },
        asMeasured: bucketCounts.map((buckets) =>
          efficiency(fitted, { ...traffic, buckets }, buckets === 1 ? 0 : overlap),
        ),
        atBest: atBest({ servers: workers, gigabits, bytes: resnet50Bytes, compute: gpu.compute }),
      };
    }),
  );
}

/** One bucket travels when the last gradient is there: nothing hides it. */
function efficiency(link: Link, traffic: Traffic, overlap: number): number {
  const { compute } = gpu;
  return compute.computeMs / stepMs(compute, reduceMs(link, traffic), overlap);
}

export function atBest(setup: NonNullable<Published['setup']>): number {
  const { servers, gigabits, bytes, compute } = setup;
  const link = { latencyMs: 0, bytesPerMs: bytesPerMs(gigabits) };
  const reduce = reduceMs(link, { workers: servers, bytes, buckets: 1 });
  return compute.computeMs / stepMs(compute, reduce, 1);
}
