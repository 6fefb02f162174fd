/** Passes the text of a table on, and fails where a common reader of CSV would read something else, or nothing. */
import { Transform, type TransformCallback } from 'node:stream';
import { InvalidInputError } from '../errors.js';

/** A carriage return alone, unless it is the last so far, or a control character. */
const oddCharacter = /\r(?!\n|$)|(?![\t\n\r])\p{Cc}/u;

export class PlainText extends Transform {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The last characters of the text before. */
  private last = '';
  private started = false;
  private line = 1;

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.check(this.decode(bytes));
      done(null, bytes);
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      this.check(this.decode(Buffer.of(), true));
    } catch (error) {
      done(error as Error);
      return;
    }
    if (this.last.endsWith('\r')) {
      done(this.loneReturn());
    } else if (/\n\r?\n$/.test(this.last)) {
      done(new InvalidInputError('expected one row a line, without blank lines at the end'));
    } else {
      done();
    }
  }

  private decode(bytes: Buffer, end = false): string {
    if (!this.started && bytes.length > 0) {
      this.started = true;
      checkMark(bytes);
    }
    try {
      return this.decoder.decode(bytes, { stream: !end });
    } catch {
      throw new InvalidInputError(`expected UTF-8 but line ${this.line} or later has other bytes`);
    }
  }

  private check(text: string): void {
    // A return that ended the text before is judged by what follows it.
    const whole = this.last.endsWith('\r') ? `\r${text}` : text;
    const found = oddCharacter.exec(whole);
    const odd = found?.[0];
    this.line += whole.slice(0, found?.index).split('\n').length - 1;
    if (odd === '\r') {
      throw this.loneReturn();
    }
    if (odd !== undefined) {
      throw new InvalidInputError(
        `expected text but line ${this.line} has the character ${JSON.stringify(odd)}`,
      );
    }
    this.last = (this.last + text).slice(-3);
  }

  private loneReturn(): InvalidInputError {
    return new InvalidInputError(
      `expected lines that end with a line feed but line ${this.line} ends with a carriage return alone`,
    );
  }
}

/** A byte order mark, or what shows UTF-16 without one. */
function checkMark(bytes: Buffer): void {
  const remedy = 'save it as UTF-8 without a byte order mark';
  if (bytes.subarray(0, 3).equals(Buffer.from('efbbbf', 'hex'))) {
    throw new InvalidInputError(
      `expected plain UTF-8 but it begins with a byte order mark: ${remedy}`,
    );
  }
  if (/^(fffe|feff|00..|..00)/.test(bytes.toString('hex', 0, 2))) {
    throw new InvalidInputError(`expected plain UTF-8 but received UTF-16: ${remedy}`);
  }
}
