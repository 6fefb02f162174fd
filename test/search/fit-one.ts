/** A fit in a separate process that tests can kill: `fit-one.ts <photos> <out> <network> <seconds>`. It prints what each step says. */
import { fitPhotos } from '../../src/search/index.js';

const [photos, out, network, seconds] = process.argv.slice(2) as [string, string, string, string];
const { scores } = await fitPhotos({
  ...{ photos, out, networks: [network], budgetSeconds: Number(seconds) },
  onStep: (says) => console.log(says),
  onProgress: ({ label }) => console.log(label),
});
console.log(`took ${scores.seconds}`);
