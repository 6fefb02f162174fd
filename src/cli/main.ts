#!/usr/bin/env node
/** The `bobbin` command; exit.ts has its exit codes. */
import { endWithStarter } from '../workers/index.js';
import { endWith } from './process/exit.js';
import { watchOutput } from './process/output.js';
import { watchWarnings } from './process/warnings.js';
import { createProgram } from './program.js';

endWithStarter();
watchOutput();
watchWarnings();
createProgram(process.argv.slice(2))
  .then((program) => program.parseAsync())
  .catch((error) => endWith(error, process.argv.includes('--debug')));
