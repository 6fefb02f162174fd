/** Runs a program in a terminal of its own, which Python's `pty` makes. */
import { spawnSync } from 'node:child_process';

const program = `
import fcntl, os, pty, struct, sys, termios
rows, columns, question, answer, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("4H", int(rows), int(columns), 0, 0))
    os.execvp(command[0], command)
seen = b""
try:
    while piece := os.read(terminal, 4096):
        asked = question.encode() in seen
        seen += piece
        sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        if not asked and question.encode() in seen:
            os.write(terminal, answer.encode())
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))`;

/** A program that asks another question waits forever. The longest one here builds the addon. */
const patience = 10;

export interface Terminal {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Without a size, as some serial lines have it, it is 0. */
  rows?: number;
  columns?: number;
  /** When it has been shown, `answer` is typed. */
  question?: string;
  answer?: string;
  /** After these it is ended. */
  minutes?: number;
}

/**
 * What `command` shows, and its exit code.
 * @throws Error with what it has shown, when it takes more than its minutes
 */
export function inTerminal(
  command: string[],
  terminal: Terminal,
): { code: number | null; output: string } {
  const { cwd, env = process.env, rows = 0, columns = 0 } = terminal;
  const { question = '', answer = '', minutes = patience } = terminal;
  const args = ['-c', program, `${rows}`, `${columns}`, question, answer, ...command];
  const options = { cwd, env, encoding: 'utf8', timeout: minutes * 60_000 } as const;
  const { error, status, stdout, stderr } = spawnSync('python3', args, options);
  if (error) {
    throw new Error(`${error.message}; it has shown:\n${stdout}${stderr}`);
  }
  return { code: status, output: stdout + stderr };
}
