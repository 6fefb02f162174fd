/** Opens a submission's table, zipped or plain, without trust in the sizes that its headers state. */

import { pipeline, type Readable } from 'node:stream';
import { openRegular } from '../disk/index.js';
import { InvalidInputError } from '../errors.js';
import { openArchived } from './archive.js';
import { PlainText } from './plain-text.js';
import { tooLarge } from './row.js';

interface OpenedTable {
  /** Its name in an archive. */
  name: string;
  /** Its bytes at most. */
  limit: number;
}

/**
 * The table of `file` as a stream, from inside its archive if it is one. The content decides, not the name. The stream fails
 * where the table is no UTF-8 text with lines.
 *
 * @throws InvalidInputError for an archive that a common reader may refuse, or a table of more than `limit` bytes.
 */
export async function openTable(file: string, { name, limit }: OpenedTable): Promise<Readable> {
  const { handle, size } = await openRegular(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    if (buffer.toString('latin1') === 'PK') {
      const table = await openArchived(file, { handle, size, limit, name });
      await handle.close();
      return pipeline(table, new PlainText(), () => {});
    }
    if (size === 0) {
      throw new InvalidInputError('expected a table but the file is empty');
    }
    if (size > limit) {
      throw tooLarge(size, limit);
    }
    return pipeline(handle.createReadStream({ start: 0 }), new PlainText(), () => {});
  } catch (error) {
    await handle.close();
    throw error;
  }
}
