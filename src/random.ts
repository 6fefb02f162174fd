/** Repeatable random numbers: each key has a stream of its own. */
import { createHash } from 'node:crypto';

/** The sfc32 generator, seeded by the SHA-256 of a key, so that no picture depends on an earlier one. */
export class Random {
  private readonly state: Uint32Array;

  constructor(key: string) {
    const digest = createHash('sha256').update(key).digest();
    this.state = Uint32Array.from([0, 4, 8, 12], (offset) => digest.readUInt32LE(offset));
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** Uniform over the integers 0 … count − 1. */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** One of the entries, all equally likely. `from` must not be empty. */
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** The entries in random order, in a new array. */
  shuffled<T>(entries: readonly T[]): T[] {
    const result = [...entries];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  private unit(): number {
    const s = this.state;
    const [a, b, c, counter] = s as unknown as [number, number, number, number];
    const output = (a + b + counter) >>> 0;
    s[3] = counter + 1;
    s[0] = b ^ (b >>> 9);
    s[1] = c + (c << 3);
    s[2] = ((c << 21) | (c >>> 11)) + output;
    return output / 2 ** 32;
  }
}
