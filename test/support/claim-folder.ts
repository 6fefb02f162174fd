/** Claims a folder in a separate process: `claim-folder.ts <folder> <times>`; without times, or `shared`, permanently. */
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { lockFolder } from '../../src/disk/folder-lock.js';
import { InvalidInputError } from '../../src/errors.js';

const [folder, times] = process.argv.slice(2) as [string, string?];
if (times === undefined || times === 'shared') {
  await lockFolder(folder, 'run', { shared: times === 'shared' });
  console.log('claimed');
  process.stdin.resume();
}
const held = path.join(folder, 'held');
for (let i = 0; i < (Number(times) || 0); i++) {
  try {
    const unlock = await lockFolder(folder, 'run');
    // Fails where another process holds the folder too.
    await writeFile(held, '', { flag: 'wx' });
    await rm(held);
    await unlock();
    console.log('claimed');
  } catch (error) {
    if (!(error instanceof InvalidInputError)) {
      throw error;
    }
  }
}
