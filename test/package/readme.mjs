/** Prints the program of README.md, so that what is printed there is what is tested. */
import { readFileSync } from 'node:fs';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const [, program] = readme.match(/```js\n([\s\S]*?)```/);
process.stdout.write(program);
