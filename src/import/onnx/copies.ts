/** Values of a graph that are others under another name, as nodes that pass their input on make them. */
import { expected } from '../../errors.js';
import { damaged } from './wire.js';

export class Copies {
  private readonly sources = new Map<string, string>();

  /** @param file names the graph in errors */
  constructor(private readonly file: string) {}

  set(copy: string, source: string): void {
    this.sources.set(copy, source);
  }

  delete(copy: string): void {
    this.sources.delete(copy);
  }

  names(): string[] {
    return [...this.sources.keys()];
  }

  /**
   * The value of which `name`, directly or through others, is a copy; itself if it is none.
   *
   * @throws InvalidInputError when it is a copy of itself
   */
  sourceOf(name: string): string {
    const passed: string[] = [];
    let at = name;
    for (let next = this.sources.get(at); next !== undefined; next = this.sources.get(at)) {
      if (passed.length > this.sources.size) {
        throw expected('a value', `${name} in ${this.file}`, 'a copy of itself', damaged);
      }
      passed.push(at);
      at = next;
    }
    // So a chain of many copies is walked once.
    for (const copy of passed) {
      this.sources.set(copy, at);
    }
    return at;
  }
}
