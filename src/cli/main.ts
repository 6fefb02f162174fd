#!/usr/bin/env node
/** The `bobbin` command. Exit codes: 0 done, 1 an error, 2 verify found problems, 130 stopped by Ctrl-C. */
import { reportError } from './exit.js';
import { createProgram } from './program.js';

try {
  const program = await createProgram(process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error, process.argv.includes('--debug'));
}
