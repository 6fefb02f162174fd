/** Decodes the images that are not JPEG files, a few at a time, and hands their pixels to the native loader. */
import type { NativeLoader } from '../native-loader.js';
import type { LoaderSample, LoaderSamples } from '../samples.js';
import { MemoryBudget } from './memory-budget.js';
import { mostDecodeBytes, readOtherFormat } from './other-formats.js';

/** The native loader asks for the pixels of a sample; the answer carries the same ticket. */
type Request = ReturnType<NativeLoader['takeRequests']>[number];

/** See the file's heading. Requests are served in their order. */
export class DecodeQueue {
  private readonly requests: Request[] = [];
  private readonly memory = new MemoryBudget(mostDecodeBytes);
  private running = 0;
  private closed = false;
  private images = 0;
  private milliseconds = 0;

  constructor(
    private readonly native: Pick<NativeLoader, 'supply' | 'supplyFailure'>,
    private readonly samples: LoaderSamples,
    private readonly mostRunning: number,
  ) {}

  /** Images decoded since the start, and the sum of the times that they took. */
  get work(): { otherFormats: number; otherFormatsMs: number } {
    return { otherFormats: this.images, otherFormatsMs: this.milliseconds };
  }

  add(requests: readonly Request[]): void {
    for (const request of requests) {
      this.requests.push(request);
    }
    this.startMore();
  }

  /** Drops the requests that have not been started. */
  clear(): void {
    this.requests.length = 0;
  }

  /** Drops the requests that have not been started and the answers to the others. */
  close(): void {
    this.clear();
    this.closed = true;
  }

  private startMore(): void {
    while (this.running < this.mostRunning) {
      const request = this.requests.shift();
      if (!request) {
        return;
      }
      this.running += 1;
      void this.decode(request).finally(() => {
        this.running -= 1;
        this.startMore();
      });
    }
  }

  private async decode({ ticket, sample }: Request): Promise<void> {
    try {
      const image = await readOtherFormat(this.samples.at(sample) as LoaderSample);
      await this.memory.run(image.decodeBytes, async () => {
        if (this.closed) {
          return;
        }
        const start = performance.now();
        const { rgb, width, height } = await image.decode();
        // Counted only here: a damaged file may be a JPEG.
        this.images += 1;
        this.milliseconds += performance.now() - start;
        if (!this.closed) {
          this.native.supply(ticket, rgb, width, height);
        }
      });
    } catch (error) {
      if (!this.closed) {
        this.native.supplyFailure(ticket, (error as Error).message);
      }
    }
  }
}
