/** The layout of WebDataset shards, which are read in place. */
import type { Layout } from './layout.js';
import { compressedPattern, readShards, shardFilesIn, shardPattern } from './shard-folder.js';

export const tarShards: Layout<'tar shards'> = {
  name: 'tar shards',
  form: 'tar shards (*.tar)',
  packed: true,
  looksLike: async (folder) => (await shardFilesIn(folder, shardPattern)).length > 0,
  hint: async (folder) => {
    const [first] = await shardFilesIn(folder, compressedPattern);
    return first === undefined
      ? undefined
      : `Images are read from the middle of a shard, and ${first} is compressed: unpack it to a .tar first, by gunzip for .gz`;
  },
  read: (folder, { onProgress }) => readShards(folder, { onProgress }),
};
