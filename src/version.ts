/** What the package.json of Bobbin says of it. */
import { readFileSync } from 'node:fs';

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');

export const { version, description }: { version: string; description: string } =
  JSON.parse(manifest);
