/** The log of a search: its lines of JSON are the whole state, from which a killed search goes on and its table is made. */
import { AppendedFile, ifPresent, isObject, parseJson, readText } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { checkSameSettings, type Settings } from '../../settings.js';
import type { Drawn } from './space.js';

/** Scores of a training on the images that it held back. */
export interface Scored {
  trial: number;
  /** Null where the training failed. */
  loss: number | null;
  accuracy: number | null;
  /** Of training and validating these epochs. */
  seconds: number;
  /** Why the training failed. */
  reason?: string;
}

/** A trial has reached a rung. */
export interface TrialLine extends Scored {
  event: 'trial';
  rung: number;
  /** In all. */
  epochs: number;
  drawn: Drawn;
}

/** A trial was trained again, with another seed and other images held back. */
export interface CheckLine extends Scored {
  event: 'check';
}

export type LogLine = TrialLine | CheckLine;

const start = '{"event":"begin"';

export class Log {
  private constructor(
    private readonly file: AppendedFile,
    readonly lines: LogLine[],
  ) {}

  /**
   * Goes on with the log in `file`, or begins it.
   *
   * @throws InvalidInputError when it was begun with other settings, or is damaged
   */
  static async open(file: string, settings: Settings, folder: string): Promise<Log> {
    const found = await readLog(file);
    if (found !== undefined) {
      checkSameSettings(folder, found.settings, JSON.parse(JSON.stringify(settings)));
    }
    const log = new Log(await AppendedFile.lines(file, start), found?.lines ?? []);
    if (found === undefined) {
      await log.write({ event: 'begin', settings });
    }
    return log;
  }

  /** Adds a line, which is in the file when this resolves. */
  async add(line: LogLine): Promise<void> {
    await this.write(line);
    this.lines.push(line);
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async write(line: object): Promise<void> {
    await this.file.add(`${JSON.stringify(line)}\n`);
    await this.file.flush();
  }
}

/**
 * The lines of a log and the settings that it begins with; undefined without a whole line. What a kill has cut off is left out.
 *
 * @throws InvalidInputError with file and line where it is damaged
 */
export async function readLog(
  file: string,
): Promise<{ settings: Settings; lines: LogLine[] } | undefined> {
  const text = (await ifPresent(readText(file))) ?? '';
  const remedy = 'Restore the file, or choose another folder';
  const [begin, ...lines] = text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      const place = `${file}:${index + 1}`;
      const value = parseJson(line, place, remedy);
      const events = index === 0 ? ['begin'] : ['trial', 'check'];
      if (!isObject(value) || !events.includes(value.event as string)) {
        throw expected('a line of a search', place, value, remedy);
      }
      return value;
    });
  return begin && { settings: begin.settings as Settings, lines: lines as unknown as LogLine[] };
}
