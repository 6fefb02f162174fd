/** Balanced sampling: the entries from which the native loader draws each class equally often. */
import type { NativeBatch, NativeLoader } from './native-loader.js';
import { type LoaderSamples, labelOf } from './samples.js';

export interface Balance {
  /** The index of each entry's sample. Entries of a class lie one after the other. */
  entries: Uint32Array;
  /** Where the entries of each class end, by ascending label. */
  classEnds: Uint32Array;
}

/**
 * An epoch of as many images as there are samples has `samples / classes` of each class, rounded up in some. A class with fewer
 * samples has each several times in the list, as entries of their own, so that one that comes twice in an epoch is augmented
 * twice. There are fewer than two entries a sample in all.
 */
export function balanceOf(samples: LoaderSamples): Balance {
  const byLabel = new Map<number, number[]>();
  for (let index = 0; index < samples.length; index++) {
    const label = labelOf(samples, index);
    const known = byLabel.get(label);
    if (known === undefined) {
      byLabel.set(label, [index]);
    } else {
      known.push(index);
    }
  }
  const classes = [...byLabel].sort(([a], [b]) => a - b).map(([, indices]) => indices);
  const share = Math.ceil(samples.length / classes.length);
  const lengths = classes.map(({ length }) => length * Math.ceil(share / length));
  const classEnds = new Uint32Array(classes.length);
  let end = 0;
  lengths.forEach((length, i) => {
    end += length;
    classEnds[i] = end;
  });
  const entries = new Uint32Array(end);
  classes.forEach((indices, i) => {
    const from = (classEnds[i] as number) - (lengths[i] as number);
    for (let entry = from; entry < (classEnds[i] as number); entry++) {
      entries[entry] = indices[(entry - from) % indices.length] as number;
    }
  });
  return { entries, classEnds };
}

/** Wraps a native loader of entries, and gives the index of a sample wherever that loader gives the index of an entry. */
export class BySample implements NativeLoader {
  constructor(
    private readonly loader: NativeLoader,
    private readonly entries: Uint32Array,
  ) {}

  take(): NativeBatch | null {
    const batch = this.loader.take();
    for (const indices of batch === null ? [] : [batch.indices, batch.partners]) {
      indices.forEach((entry, i) => {
        indices[i] = entry < 0 ? entry : this.sampleOf(entry);
      });
    }
    return batch;
  }

  takeRequests() {
    const requests = this.loader.takeRequests();
    return requests.map(({ ticket, sample }) => ({ ticket, sample: this.sampleOf(sample) }));
  }

  /** Each sample once, though several of its entries have failed. */
  failures() {
    const reasons = new Map(
      this.loader.failures().map(({ index, reason }) => [this.sampleOf(index), reason]),
    );
    return [...reasons]
      .map(([index, reason]) => ({ index, reason }))
      .sort((a, b) => a.index - b.index);
  }

  beginEpoch(epoch: number, firstBatch: number): void {
    this.loader.beginEpoch(epoch, firstBatch);
  }

  supply(ticket: number, rgb: Uint8Array, width: number, height: number): void {
    this.loader.supply(ticket, rgb, width, height);
  }

  supplyFailure(ticket: number, reason: string): void {
    this.loader.supplyFailure(ticket, reason);
  }

  statistics() {
    return this.loader.statistics();
  }

  hold(held: boolean): void {
    this.loader.hold(held);
  }

  close(): void {
    this.loader.close();
  }

  private sampleOf(entry: number): number {
    return this.entries[entry] as number;
  }
}
