/** Commander's parser with Bobbin's errors: a typo comes before what is missing, that is named at once, and nothing counts twice. */
import { existsSync } from 'node:fs';
import { Command, type ErrorOptions, Option as Flag } from 'commander';
import { conflict, expected, givenTwice, InvalidInputError, missing } from '../../errors.js';

/** A flag that may be given several times, with one value each time; its value is the array of all. */
export class RepeatableFlag extends Flag {
  constructor(flags: string, description: string) {
    super(flags, description);
    this.argParser((value: string, earlier: string[] = []) => [...earlier, value]);
  }
}

/** All its errors are thrown as InvalidInputError. */
export class UsageCommand extends Command {
  /** Flags that must be given. */
  readonly dueFlags: Flag[] = [];
  /** The flags that were given, by the name of their value. */
  private readonly given = new Map<string, string>();

  constructor(name?: string) {
    super(name);
    this.hook('preAction', () => this.refuseIncomplete());
  }

  override createCommand(name?: string): UsageCommand {
    return new UsageCommand(name);
  }

  override addOption(flag: Flag): this {
    if (flag.mandatory) {
      // Commander would look for it before it looks for unknown flags, and a typo would be called missing.
      this.dueFlags.push(flag.makeOptionMandatory(false));
    }
    this.on(`option:${flag.name()}`, (value: unknown) => this.note(flag, value));
    return super.addOption(flag);
  }

  override error(message: string, { code }: ErrorOptions = {}): never {
    switch (code) {
      case 'commander.missingArgument':
        this.refuseIncomplete();
        break;
      case 'commander.optionMissingArgument': {
        const [, flag = '', value = ''] = /'(\S+) (.+)'/.exec(message) ?? [];
        throw missing(value, flag);
      }
      case 'commander.excessArguments': {
        const last = this.registeredArguments.at(-1);
        const what = last === undefined ? 'options alone' : `nothing after <${last.name()}>`;
        throw expected(what, this.name(), this.args[this.registeredArguments.length], this.hint());
      }
    }
    throw new InvalidInputError(this.inOurWords(message));
  }

  /** Refuses a second value, and a flag in the place of a value. */
  private note(flag: Flag, value: unknown): void {
    const name = flag.long ?? flag.flags;
    if (
      flag.required &&
      this.options.some(({ long, short }) => value === long || value === short)
    ) {
      throw missing(flag.flags.slice(name.length + 1), name);
    }
    const earlier = this.given.get(flag.attributeName());
    if (earlier !== undefined && earlier !== name) {
      throw conflict(earlier, name);
    }
    if (earlier === name && !flag.variadic && !(flag instanceof RepeatableFlag)) {
      throw givenTwice(name);
    }
    this.given.set(flag.attributeName(), name);
  }

  /** @throws InvalidInputError that names each argument and flag that is due and was not given */
  private refuseIncomplete(): void {
    const words = this.registeredArguments
      .filter(({ required }, index) => required && this.args[index] === undefined)
      .map((argument) => `<${argument.name()}>`);
    const flags = this.dueFlags
      .filter((flag) => this.getOptionValue(flag.attributeName()) === undefined)
      .map((flag) => flag.flags);
    if (words.length + flags.length > 0) {
      throw missing([...words, ...flags].join(' and '), this.name(), this.hint());
    }
  }

  /** `error: unknown option '--ot'\n(Did you mean --out?)` as `Unknown option '--ot'. Did you mean --out?`. */
  private inOurWords(message: string): string {
    const [fault = '', meant] = message.replace(/^error: /, '').split(/\n\(|\)$/);
    const [, word = ''] = /^unknown option '(.+)'$/.exec(fault) ?? [];
    const remedy = existsSync(word) ? `Write ./${word} for the file` : (meant ?? this.hint());
    return `${fault.charAt(0).toUpperCase()}${fault.slice(1)}. ${remedy}`;
  }

  private hint(): string {
    const words = this.parent === null ? '' : ` ${this.name()}`;
    return `See \`npx bobbin${words} --help\``;
  }
}
