/**
 * Puts items that come one by one into batches: a batch starts when it is full, or when its first item has waited long enough and no other
 * batch runs. While one runs, waiting costs nothing, since the next would only begin behind it, and fills the next.
 */

export interface BatcherOptions<Item, Answer> {
  /** Computes the answers of a batch, one for each item, in their order. */
  compute(items: Item[]): Promise<Answer[]>;
  /** Most items of a batch. */
  batchSize: number;
  /** Milliseconds that an item waits for others. */
  waitMs: number;
  /** Batches that run at the same time. */
  lanes: number;
}

interface Waiting<Item, Answer> {
  item: Item;
  /** When it has waited long enough, by `performance.now`. */
  due: number;
  signal: AbortSignal;
  onAbort(): void;
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
}

/** See the file's heading. Items start in the order in which they came. */
export class Batcher<Item, Answer> {
  private readonly waiting: Waiting<Item, Answer>[] = [];
  private readonly batches = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private running = 0;
  private startedItems = 0;
  private startedBatches = 0;
  private isHurried = false;

  constructor(private readonly options: BatcherOptions<Item, Answer>) {}

  /** Items that wait for their batch. */
  get length(): number {
    return this.waiting.length;
  }

  /** Batches that have started, and their items. */
  get started(): { batches: number; items: number } {
    return { batches: this.startedBatches, items: this.startedItems };
  }

  /**
   * The answer to `item`. Aborting `signal` takes the item out of the queue, if its batch has not started, and rejects with the signal's
   * reason in any case.
   */
  add(item: Item, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const due = performance.now() + this.options.waitMs;
      const entry = { item, due, signal, resolve, reject, onAbort: () => this.drop(entry) };
      signal.addEventListener('abort', entry.onAbort, { once: true });
      this.waiting.push(entry);
      this.start();
    });
  }

  /** From now on no item waits for others. */
  hurry(): void {
    this.isHurried = true;
    clearTimeout(this.timer);
    this.start();
  }

  /** Resolves when no batch runs any more. One may run longer than anybody waits for its answers. */
  async idle(): Promise<void> {
    while (this.batches.size > 0) {
      await Promise.all(this.batches);
    }
  }

  private drop(entry: Waiting<Item, Answer>): void {
    const place = this.waiting.indexOf(entry);
    if (place >= 0) {
      this.waiting.splice(place, 1);
    }
    entry.reject(entry.signal.reason);
  }

  private start(): void {
    const { batchSize, lanes } = this.options;
    while (this.running < lanes) {
      const [first] = this.waiting;
      if (first === undefined) {
        return;
      }
      const leftMs = this.isHurried ? 0 : first.due - performance.now();
      if (this.waiting.length < batchSize && (this.running > 0 || leftMs > 0)) {
        if (this.running === 0) {
          this.timer ??= setTimeout(() => {
            this.timer = undefined;
            this.start();
          }, leftMs);
        }
        return;
      }
      const batch = this.run(this.waiting.splice(0, batchSize));
      this.batches.add(batch);
      void batch.then(() => this.batches.delete(batch));
    }
  }

  private async run(batch: Waiting<Item, Answer>[]): Promise<void> {
    this.running += 1;
    this.startedBatches += 1;
    this.startedItems += batch.length;
    try {
      const answers = await this.options.compute(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(answers[index] as Answer);
      });
    } catch (error) {
      for (const { reject } of batch) {
        reject(error);
      }
    } finally {
      for (const { signal, onAbort } of batch) {
        signal.removeEventListener('abort', onAbort);
      }
      this.running -= 1;
      this.start();
    }
  }
}
