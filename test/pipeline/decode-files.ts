/** A process for a test: decodes the images of a folder, and prints which, and by how much its memory grew at most. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readOtherFormat } from '../../src/pipeline/decode/other-formats.js';

/** The largest resident memory so far, in bytes. */
function peak(): number {
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

async function decodeAll(folder: string): Promise<void> {
  const before = peak();
  const decoded: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    const image = await readOtherFormat({ path: path.join(folder, name) });
    await image.decode();
    decoded.push(name);
  }
  console.log(JSON.stringify({ decoded, grewBytes: peak() - before }));
}

await decodeAll(process.argv[2] as string);
