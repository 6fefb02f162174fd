#!/usr/bin/env node
/** The `bobbin` command; exit.ts has its exit codes. */
import { reportError } from './exit.js';
import { createProgram } from './program.js';

try {
  const program = await createProgram(process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error, process.argv.includes('--debug'));
}
