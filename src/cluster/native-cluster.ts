/** The type of the exports of `native/addon/cluster.cc`. */

/**
 * What the workers of a cluster tell each other beside tensors. Errors have, as `code`, TensorFlow's status. Calls that worker 0
 * answers do not keep the process alive: if it hangs, they never end, not even those with a limit of time.
 */
export interface NativeCluster {
  /**
   * Starts TensorFlow as one worker of a cluster, and resolves when all workers have started.
   *
   * @param serverDef a serialised ServerDef
   */
  startCluster(serverDef: Uint8Array): Promise<void>;
  /** Lets the collectives of this worker fail, those under way and all later ones. */
  abortCollectives(message: string): void;
  /** Lets the collectives of all workers fail, those under way and all later ones. The message reaches the others. */
  reportError(message: string): Promise<void>;
  /** Resolves if the worker answers. @param task TensorFlow's name of it */
  checkWorker(task: string, milliseconds: number): Promise<void>;
  /** Stores a value for all workers. A key takes one value. */
  insertClusterValue(key: string, value: string): Promise<void>;
  clusterValue(key: string, milliseconds: number): Promise<string>;
  deleteClusterValue(key: string): Promise<void>;
  /** Resolves when all workers have called it with this name, which is used once. */
  waitAtBarrier(name: string, milliseconds: number): Promise<void>;
}
