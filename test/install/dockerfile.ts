/** Reads a Dockerfile: the instructions that docs/Dockerfile has, as Docker understands them; any other is refused. */

/** What one instruction asks for; `line` is that on which it begins, from 1. */
export type Instruction = { line: number } & (
  | { kind: 'FROM'; image: string; stage: string | undefined }
  | { kind: 'RUN'; command: string }
  | { kind: 'ENV'; values: [name: string, value: string][] }
  | { kind: 'WORKDIR' | 'USER'; name: string }
  | { kind: 'COPY'; from: string | undefined; sources: string[]; target: string }
  | { kind: 'CMD'; words: string[] }
);

/** The instructions in order. A line that ends in `\` goes on in the next one; lines that begin with `#` are comments. */
export function readDockerfile(text: string): Instruction[] {
  const instructions: Instruction[] = [];
  let begun = '';
  let line = 1;
  text.split('\n').forEach((raw, index) => {
    if (/^\s*(#|$)/.test(raw)) {
      return;
    }
    line = begun === '' ? index + 1 : line;
    begun += raw.trim();
    if (begun.endsWith('\\')) {
      begun = begun.slice(0, -1);
      return;
    }
    instructions.push({ line, ...parse(begun, line) } as Instruction);
    begun = '';
  });
  return instructions;
}

function parse(text: string, line: number) {
  const [kind = '', rest = ''] = text.split(/\s+(.*)/s);
  const words = rest.split(/\s+/);
  const refused = new Error(`docs/Dockerfile:${line}: \`${text}\` is not understood by this test`);
  switch (kind) {
    case 'FROM': {
      const [image, as = 'AS', stage] = words;
      if (as !== 'AS' || words.length > 3) {
        throw refused;
      }
      return { kind, image, stage };
    }
    case 'RUN':
      return { kind, command: rest };
    case 'ENV':
      if (!words.every((word) => /^\w+=[^"'\\]*$/.test(word))) {
        throw refused;
      }
      return { kind, values: words.map((word) => word.split(/=(.*)/s).slice(0, 2)) };
    case 'WORKDIR':
    case 'USER':
      return { kind, name: rest };
    case 'COPY': {
      const [, from] = /^--from=(.+)$/.exec(words[0] ?? '') ?? [];
      const paths = from === undefined ? words : words.slice(1);
      if (paths.length < 2 || paths.some((word) => /^--|[*?"[]/.test(word))) {
        throw refused;
      }
      return { kind, from, sources: paths.slice(0, -1), target: paths.at(-1) };
    }
    case 'CMD':
      if (!rest.startsWith('[')) {
        throw refused;
      }
      return { kind, words: JSON.parse(rest) };
    default:
      throw refused;
  }
}
