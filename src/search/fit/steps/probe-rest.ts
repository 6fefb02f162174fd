/** Step 6: where not even a short fine-tuning fits, the time goes into linear probes of all images, of one network after another. */
import path from 'node:path';
import type { Fitting, Photos } from '../fitting.js';
import { addHead, headOf, paceOf } from '../heads.js';
import { inSeconds, plannedShare } from '../plan.js';
import { allImages, probeNetwork, startOf } from '../probe-network.js';
import { reserveFor } from '../reserve.js';
import { scoreInWords } from '../wilson.js';

/** Fewer images than so many times those of before would change little; fewer than half of the most are too few for another network. */
const worthwhile = 1.2;

export async function probeRest(fitting: Fitting, photos: Photos): Promise<void> {
  if (fitting.linesOf('plan').length > 0) {
    return;
  }
  const all = allImages(photos);
  const most = Math.max(...fitting.linesOf('head').map(({ images }) => images));
  for (const network of fitting.networks.keys()) {
    const { images: before = 0 } = headOf(fitting, network) ?? {};
    const left = plannedShare * (fitting.clock.left - reserveFor(fitting, photos));
    const images = Math.min(all, before + Math.floor(left * paceOf(fitting, network)));
    if (before >= all || images < worthwhile * before || images < most / 2) {
      continue;
    }
    using classifier = await startOf(network, photos, fitting.seed);
    const result = await probeNetwork(fitting, photos, classifier, images);
    await addHead(fitting, classifier, result, {
      network,
      says: `With ${inSeconds(fitting.clock.left)} left, too few to fine-tune: a linear probe of ${path.basename(network)} on ${result.images} of ${all} images: ${scoreInWords(result.score)}.`,
    });
  }
}
