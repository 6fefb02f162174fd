/** The lines of a manifest as Bobbin writes it: a head, three lists with an entry a line, and the hash of it all. */
import { expected } from '../../errors.js';
import { lists, ManifestContents } from './contents.js';
import type { StoredManifest } from './root.js';

/** The first lines of the form; another program may have written the same JSON in another one. */
export const form = /^\{[^\n]*,\n"tasks":\[\n/;
const lastLine = /^"sha256":"([0-9a-f]{64})"\}$/;

/** Whether a line is the last one, which has the hash of those before it. */
export const isLastLine = (line: string): boolean => line.startsWith('"sha256":');

/** Takes the lines in order. */
export class ManifestLines {
  /** The hash in the last line; earlier versions wrote none. */
  sha256: string | undefined;
  private readonly contents: ManifestContents;
  private line = 0;
  /** Lists that have begun. */
  private begun = 0;
  private inList = false;
  private ended = false;

  constructor(
    private readonly file: string,
    private readonly remedy: string,
  ) {
    this.contents = new ManifestContents(() => this.place(), remedy);
  }

  /** @throws InvalidInputError naming the line, where it is damaged or does not fit those before it. */
  add(text: string): void {
    this.line += 1;
    if (this.line === 1) {
      this.contents.addHead(this.parse(`${text.slice(0, -1)}}`));
    } else if (this.inList) {
      this.addInList(text);
    } else if (text !== '') {
      this.addBetween(text);
    }
  }

  /** @throws InvalidInputError where lines are missing at the end. */
  finish(): StoredManifest {
    if (!this.ended) {
      this.fail('the rest of a manifest', 'the end of the file');
    }
    return this.contents.finish();
  }

  private addInList(text: string): void {
    const whole = this.begun === lists.length;
    if (text === '],' || (text === ']}' && whole)) {
      this.inList = false;
      this.ended = text === ']}';
    } else if (text !== '') {
      const entry = this.parse(text.endsWith(',') ? text.slice(0, -1) : text);
      this.contents.addTo(lists[this.begun - 1] as (typeof lists)[number], entry);
    }
  }

  private addBetween(text: string): void {
    const list = lists[this.begun];
    const hash = lastLine.exec(text)?.[1];
    if (list !== undefined && text === `"${list}":[`) {
      this.begun += 1;
      this.inList = true;
    } else if (list === undefined && hash !== undefined && !this.ended) {
      this.sha256 = hash;
      this.ended = true;
    } else {
      this.fail(list === undefined ? 'the hash of a manifest' : `the list of ${list}`, text);
    }
  }

  private parse(json: string): unknown {
    try {
      return JSON.parse(json);
    } catch {
      return this.fail('JSON', json);
    }
  }

  private place(): string {
    return `${this.file}:${this.line}`;
  }

  private fail(what: string, received: string): never {
    throw expected(what, this.place(), received, this.remedy);
  }
}
