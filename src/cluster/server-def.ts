/** Writes TensorFlow's ServerDef: the workers of a cluster, and how they find each other and notice a loss. */
import { bytesField, intField, varint } from '../protobuf.js';

/** What a ServerDef says. Times are in seconds. */
export interface Server {
  /** Addresses `host:port` of all workers. */
  workers: readonly string[];
  index: number;
  /** A serialised ConfigProto for the devices of this worker. */
  config: Uint8Array;
  startSeconds: number;
  heartbeatSeconds: number;
}

const job = 'worker';
const text = (words: string): Buffer => Buffer.from(words);
const milliseconds = (seconds: number): number => Math.round(seconds * 1000);

/** TensorFlow's name for a worker. */
export const taskName = (index: number): string => `/job:${job}/replica:0/task:${index}`;

/**
 * A serialised `tensorflow.ServerDef`. The field numbers are from TensorFlow's tensorflow_server.proto, cluster.proto and
 * config.proto, and from coordination_config.proto of XLA.
 */
export function serverDef({ workers, index, ...rest }: Server): Uint8Array {
  const tasks = workers.flatMap((address, task) => bytesField(2, mapEntry(task, address)));
  const cluster = bytesField(1, [...bytesField(1, text(job)), ...tasks]);
  return Uint8Array.from([
    ...bytesField(1, cluster),
    ...bytesField(2, text(job)),
    ...intField(3, index),
    ...bytesField(4, [...rest.config, ...experimental(workers.length, rest)]),
    ...bytesField(5, text('grpc')),
  ]);
}

/** A map's entry. The key 0 is the default, but TensorFlow's own serialiser writes it. */
const mapEntry = (key: number, value: string): number[] => [
  ...varint(1 << 3),
  ...varint(key),
  ...bytesField(2, text(value)),
];

/** ConfigProto.experimental. Without a leader of the group every collective would wait for ever. */
function experimental(workers: number, times: Omit<Server, 'workers' | 'index'>): number[] {
  return bytesField(16, [
    ...bytesField(1, text(taskName(0))),
    ...bytesField(23, coordination(workers, times)),
  ]);
}

/** The coordination service, which worker 0 runs: it notices silent workers, and stores keys with values. */
function coordination(
  workers: number,
  { startSeconds, heartbeatSeconds }: Pick<Server, 'startSeconds' | 'heartbeatSeconds'>,
): number[] {
  const on = 1;
  return [
    ...bytesField(1, text('standalone')),
    ...bytesField(2, text(taskName(0))),
    ...intField(3, on), // enable_health_check
    ...intField(4, milliseconds(startSeconds)), // cluster_register_timeout_in_ms
    ...intField(5, milliseconds(heartbeatSeconds)), // heartbeat_timeout_in_ms
    ...bytesField(10, [...bytesField(1, text(job)), ...intField(2, workers)]), // coordinated_job_list
    // Without it worker 0 would wait for the others for ever.
    ...intField(14, on), // cluster_register_with_barrier
  ];
}
