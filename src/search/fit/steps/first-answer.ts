/** Step 2: within a minute, a model whose head is a linear probe, so that there is an answer whenever the fit is stopped. */
import path from 'node:path';
import { type BuiltClassifier, saveClassifier } from '../../../model/index.js';
import type { Fitting, Photos } from '../fitting.js';
import { addHead } from '../heads.js';
import { allImages, type NetworkProbe, probeNetwork, startOf } from '../probe-network.js';
import { scoreInWords } from '../wilson.js';

/** The first answer takes this share of the budget, and so many seconds, at most. */
const most = { share: 0.2, seconds: 45 };

/** Images of the first round, which also traces the network; each round after it has so many times as many at most. */
const firstRound = 32;
const growth = 8;

/** Where the model of the answer is. */
export const modelFolder = 'model';

export async function firstAnswer(fitting: Fitting, photos: Photos): Promise<void> {
  if (fitting.linesOf('head').length > 0) {
    return;
  }
  const network = [...fitting.networks.keys()][0] as string;
  using classifier = await startOf(network, photos, fitting.seed);
  const all = allImages(photos);
  const result = await probed(fitting, photos, classifier, all);
  const { images, score } = result;
  const which =
    images < all ? `${images} of ${all} images, as many as fit into the time` : `all ${all} images`;
  const folder = fitting.at(modelFolder);
  await addHead(fitting, classifier, result, {
    network,
    says: `First answer after ${fitting.clock.used.toFixed(0)} s: a linear probe on the features of ${path.basename(network)}, from ${which}: ${scoreInWords(score)}. Its model is in ${folder}.`,
  });
  await saveClassifier(classifier, folder);
}

/** Probes with more and more images, as the pace of the round before allows, until all are used or the next round has no time. */
async function probed(
  fitting: Fitting,
  photos: Photos,
  classifier: BuiltClassifier,
  all: number,
): Promise<NetworkProbe> {
  const { clock } = fitting;
  const end = Math.min(most.seconds, most.share * clock.budget);
  let images = Math.min(all, firstRound);
  let used = 0;
  for (;;) {
    const began = clock.used;
    const result = await probeNetwork(fitting, photos, classifier, images);
    const perImage = (clock.used - began) / (images - used);
    const more = Math.floor((end - clock.used) / perImage);
    // A few images more would change nothing.
    if (images >= all || more < images / 4) {
      return result;
    }
    used = images;
    images = Math.min(all, images + more, growth * images);
  }
}
