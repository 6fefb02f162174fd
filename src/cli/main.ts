#!/usr/bin/env node
/** The `bobbin` command; exit.ts has its exit codes. */
import { endWith } from './exit.js';
import { watchOutput } from './output.js';
import { createProgram } from './program.js';
import { watchWarnings } from './warnings.js';

watchOutput();
watchWarnings();
createProgram(process.argv.slice(2))
  .then((program) => program.parseAsync())
  .catch((error) => endWith(error, process.argv.includes('--debug')));
