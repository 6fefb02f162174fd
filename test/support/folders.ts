/** Folders for the tests: a temporary one, and files in it from a table of paths and contents. */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, type TestContext } from 'node:test';

/** A folder that is removed after the test `t`, or without one after all tests of the file. */
export function temporaryFolder(t?: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (t) {
    t.after(remove);
  } else {
    after(remove);
  }
  return folder;
}

/** Writes `files`, a table of relative paths and contents, below `root`, in the table's order. */
export async function writeFiles(
  root: string,
  files: Record<string, string | Uint8Array>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}
