/** Prints a program of README.md, the first or the one of the given number, so that tests run what readers see. */
import { readFileSync } from 'node:fs';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const programs = [...readme.matchAll(/```js\n([\s\S]*?)```/g)].map(([, program = '']) => program);
process.stdout.write(programs[Number(process.argv[2] ?? 1) - 1] ?? '');
