/** The search of the tests: few short trials of a tiny network. */
import type { Manifest } from '../../src/dataset/index.js';
import type { TuneRequest } from '../../src/search/index.js';

export const usualSearch = ({
  network,
  ...places
}: {
  manifest: Manifest;
  out: string;
  network: string;
}): TuneRequest => ({
  ...places,
  ...{ task: 'colour', trials: 4, epochs: 3, batchSize: 8, learningRate: 0.02 },
  // With workers, the default is less than all cores.
  computeThreads: 0,
  model: { network },
});
