/** Bounds the memory that pieces of work take at the same time. */

interface Waiting {
  bytes: number;
  start(): void;
}

export class MemoryBudget {
  private readonly waiting: Waiting[] = [];
  private used = 0;

  /** @param most in bytes; a piece of work that takes more runs alone */
  constructor(private readonly most: number) {}

  /** Runs `work` when `bytes` are free, in the order of the calls. */
  async run<Result>(bytes: number, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((start) => {
      this.waiting.push({ bytes, start });
      this.startMore();
    });
    try {
      return await work();
    } finally {
      this.used -= bytes;
      this.startMore();
    }
  }

  private startMore(): void {
    let next = this.waiting[0];
    while (next && (this.used === 0 || this.used + next.bytes <= this.most)) {
      this.waiting.shift();
      this.used += next.bytes;
      next.start();
      next = this.waiting[0];
    }
  }
}
