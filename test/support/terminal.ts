/** Runs a program in a terminal of its own, which Python's `pty` makes. */
import { spawnSync } from 'node:child_process';

const program = `
import os, pty, sys
question, answer, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
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
const timeout = 10 * 60_000;

/**
 * What `command` shows, and its exit code. When it has shown `question`, `answer` is typed.
 * @throws Error with what it has shown, when it takes ten minutes
 */
export function inTerminal(
  command: string[],
  {
    cwd,
    env,
    question,
    answer,
  }: Record<'cwd' | 'question' | 'answer', string> & { env: NodeJS.ProcessEnv },
): { code: number | null; output: string } {
  const args = ['-c', program, question, answer, ...command];
  const options = { cwd, env, encoding: 'utf8', timeout } as const;
  const { error, status, stdout, stderr } = spawnSync('python3', args, options);
  if (error) {
    throw new Error(`${error.message}; it has shown:\n${stdout}${stderr}`);
  }
  return { code: status, output: stdout + stderr };
}
