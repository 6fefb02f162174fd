/** A search in a separate process that tests can kill: `tune-one.ts <data> <out> <network> [<workers>]`. It prints a line for each step. */
import { loadManifest } from '../../src/dataset/index.js';
import { tune } from '../../src/search/index.js';
import { usualSearch } from './usual-search.js';

const [data, out, network, workers] = process.argv.slice(2) as [string, string, string, string?];
const manifest = await loadManifest(data);
const { best } = await tune({
  ...usualSearch({ manifest, out, network }),
  ...(workers && { workers: Number(workers) }),
  onProgress: ({ trial, label, done }) => console.log(`${trial} ${label} ${done}`),
});
console.log(`best ${best}`);
