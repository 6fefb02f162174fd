/** A log of lines of JSON that is the whole state of long work: from it, the same call goes on after a kill. */
import { AppendedFile, ifPresent, isObject, parseJson, readText } from '../disk/index.js';
import { expected } from '../errors.js';
import { checkSameSettings, type Settings } from '../settings.js';

/** What a log holds. */
export interface LogKind<Line extends { event: string }> {
  /** What a line is, in words, with its article. */
  what: string;
  /** The events of lines after the first one, `begin`. */
  events: readonly Line['event'][];
  /** Whether a line of one of these events has what is read of it; by default all have. */
  isWhole?(line: Readonly<Record<string, unknown>>): boolean;
}

const start = '{"event":"begin"';

export class Log<Line extends { event: string }> {
  private last: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: AppendedFile,
    readonly lines: Line[],
  ) {}

  /**
   * Goes on with the log in `file`, or begins it.
   *
   * @param begun the settings, and the folder of the work, for errors
   * @throws InvalidInputError when it was begun with other settings, or is damaged
   */
  static async open<Line extends { event: string }>(
    file: string,
    kind: LogKind<Line>,
    { settings, folder }: { settings: Settings; folder: string },
  ): Promise<Log<Line>> {
    const found = await readLog(file, kind);
    if (found !== undefined) {
      checkSameSettings(folder, found.settings, JSON.parse(JSON.stringify(settings)));
    }
    const log = new Log(await AppendedFile.lines(file, start), found?.lines ?? []);
    if (found === undefined) {
      await log.write({ event: 'begin', settings });
    }
    return log;
  }

  /** Adds a line, which is in the file when this resolves. Lines that are added at the same time follow each other. */
  async add(line: Line): Promise<void> {
    this.lines.push(line);
    await this.write(line);
  }

  async close(): Promise<void> {
    await this.last;
    await this.file.close();
  }

  private async write(line: object): Promise<void> {
    const written = this.last.then(async () => {
      await this.file.add(`${JSON.stringify(line)}\n`);
      await this.file.flush();
    });
    // Who added the line hears of a failure.
    this.last = written.catch(() => {});
    await written;
  }
}

/**
 * The lines of a log and the settings that it begins with; undefined without a whole line. What a kill has cut off is left out.
 *
 * @throws InvalidInputError with file and line where it is damaged
 */
export async function readLog<Line extends { event: string }>(
  file: string,
  { what, events, isWhole = () => true }: LogKind<Line>,
): Promise<{ settings: Settings; lines: Line[] } | undefined> {
  const text = (await ifPresent(readText(file))) ?? '';
  const remedy = 'Restore the file, or choose another folder';
  const [begin, ...lines] = text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => {
      const place = `${file}:${index + 1}`;
      const value = parseJson(line, place, remedy);
      const fits =
        isObject(value) &&
        (index === 0
          ? value.event === 'begin' && isObject(value.settings)
          : events.includes(value.event as string) && isWhole(value));
      if (!fits) {
        throw expected(what, place, value, remedy);
      }
      return value;
    });
  return begin && { settings: begin.settings as Settings, lines: lines as unknown as Line[] };
}
