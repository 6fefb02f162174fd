/** Step 3: probes the networks at hand, the cheapest first, and times their training. */
import path from 'node:path';
import { count } from '../../../plural.js';
import { dryRun } from '../../../training/index.js';
import type { Fitting, Photos } from '../fitting.js';
import { addHead, headOf, paceOf } from '../heads.js';
import { inSeconds } from '../plan.js';
import { probeNetwork, startOf } from '../probe-network.js';
import { trainingOf } from '../train-options.js';
import { scoreInWords } from '../wilson.js';

/** The networks are compared within this share of the budget. */
const mostShare = 0.3;

/** More images would cost more than they tell. */
const mostImages = 800;

export async function probeAll(fitting: Fitting, photos: Photos): Promise<void> {
  const [first] = fitting.linesOf('head');
  const images = Math.min(mostImages, first?.images ?? mostImages);
  const end = mostShare * fitting.clock.budget;
  const isLeft = (network: string) =>
    fitting.linesOf('probe').every((line) => line.network !== network);
  for (const network of [...fitting.networks.keys()].filter(isLeft)) {
    const seconds = foreseen(fitting, network, images);
    if (seconds !== undefined && fitting.clock.used + seconds > end) {
      const left = [...fitting.networks.keys()].filter(isLeft);
      const names = left.map((each) => path.basename(each)).join(', ');
      await fitting.note(
        `${count(left.length, 'network')} not probed (${names}): the next one would take about ${inSeconds(seconds)}, and comparing networks takes at most ${100 * mostShare} % of the budget.`,
      );
      return;
    }
    await probeOne(fitting, photos, { network, images });
  }
}

/** What a probe will take, by the work of the network and what the last one took; undefined for the first one, which has to be. */
function foreseen(fitting: Fitting, network: string, images: number): number | undefined {
  const last = fitting.linesOf('probe').at(-1);
  return last === undefined
    ? undefined
    : images / paceOf(fitting, network) +
        last.cost.start * fitting.workRatio(network, last.network);
}

async function probeOne(
  fitting: Fitting,
  photos: Photos,
  { network, images }: { network: string; images: number },
): Promise<void> {
  const { clock, request, seed } = fitting;
  using classifier = await startOf(network, photos, seed);
  const result = await probeNetwork(fitting, photos, classifier, images);
  const { score } = result;
  const shown = path.basename(network);
  fitting.progress({ label: `timing ${shown}`, done: 0, total: 1 });
  const probed = clock.used;
  if (headOf(fitting, network) === undefined) {
    const says = `Probed ${shown} on ${result.images} images: ${scoreInWords(score)}.`;
    await addHead(fitting, classifier, result, { network, says });
  }
  const { phases, training, validation } = await dryRun({
    ...trainingOf(photos, { recipe: 'quick', network, seed }),
    ...{ manifest: photos.choosing, task: photos.task.name, signal: request.signal },
  });
  const [head, all] = phases.map(({ secondsPerEpoch }) => secondsPerEpoch) as [number, number];
  const start = clock.used - probed;
  const rate = phases.at(-1)?.imagesPerSecond ?? 0;
  await fitting.add({
    event: 'probe',
    ...{ network, accuracy: score.accuracy, images: score.images, cost: { start, head, all } },
    size: classifier.preprocessing.crop,
    imagesPerSecond: rate,
    says: `${shown} trains at ${rate.toFixed(rate < 10 ? 1 : 0)} images/s, so an epoch over ${training} images, validated on ${validation}, takes about ${inSeconds(all)}.`,
  });
}
