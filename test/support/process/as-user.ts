/** Work as a user who may not open everything: root may, so that a closed folder would be no test. */
import { chownSync } from 'node:fs';

const other = 65534;

/** Does `work` as another user, to whom it gives `folder`, if this one is root. */
export async function asUser<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) {
    return await work();
  }
  chownSync(folder, other, other);
  process.seteuid?.(other);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
