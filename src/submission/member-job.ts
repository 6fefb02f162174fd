/** The job of one model of a submission, in a process of its own: trains it, and answers with it. */
import { loadManifest, taskOf } from '../dataset/index.js';
import { inLockedFolder } from '../disk/index.js';
import { useThreads } from '../tensorflow/index.js';
import type { EpochRecord } from '../training/index.js';
import type { JobContext } from '../workers/index.js';
import { questionImages } from './answer.js';
import { dataFolder } from './data.js';
import { jobName, type MemberMessage, membersOf } from './jobs.js';
import { hasPredicted, predictMember, trainMember, type Work } from './member.js';
import {
  type Member,
  type SubmitObserver,
  type SubmitRequest,
  valuesOf,
  viewsOf,
} from './request.js';
import { softTargetsFile } from './teachers.js';

/** Milliseconds between two messages about steps: a step may take less than one. */
const betweenSteps = 200;

/** Does the job `name` of a submission whose data is prepared; see `JobModule`. */
export async function runJob(
  request: SubmitRequest,
  name: string,
  context: JobContext,
): Promise<void> {
  const { out, teachers, training } = request;
  const { together } = valuesOf(request);
  // A model that has trained, and not predicted, begins with its prediction.
  useThreads(training.computeThreads ?? 0, 'computeThreads');
  await inLockedFolder(
    out,
    'out',
    async () => {
      const manifest = await loadManifest(dataFolder(out));
      const plan = { request, manifest, together };
      const member = membersOf(plan).find((each) => jobName(each) === name) as Member;
      if (hasPredicted(member)) {
        return;
      }
      const work: Work = {
        ...plan,
        request: { ...request, signal: context.signal, observer: teller(context) },
        views: viewsOf(request),
        softTargets: teachers && softTargetsFile(out),
      };
      await trainMember(work, member);
      for (const task of member.tasks) {
        const images = questionImages(manifest, taskOf(manifest, task));
        await predictMember(work, { ...member, task }, images);
      }
    },
    { shared: true },
  );
}

/** Tells the process that began the job. */
function teller({ tell, ask }: JobContext): SubmitObserver {
  let at = 0;
  const step = (message: MemberMessage) => {
    if (performance.now() - at >= betweenSteps) {
      at = performance.now();
      tell(message);
    }
  };
  const say = (message: MemberMessage, isProgress = false) => tell(message, isProgress);
  return {
    onAugment: (_, choice) => say({ event: 'augment', choice }),
    onTraining: (_, progress) => step({ event: 'training', progress }),
    onEpoch(_, record) {
      console.log(lineOf(record));
      say({ event: 'epoch', record }, true);
    },
    // The pictures of a run are drawn before it counts as done.
    onTrained: (_, { classifier, ...result }) =>
      ask({ event: 'trained', result } satisfies MemberMessage),
    onPredicting: ({ task }, progress) => step({ event: 'predicting', task, progress }),
  };
}

function lineOf({
  epoch,
  loss,
  accuracy,
  validationLoss,
  validationAccuracy,
}: EpochRecord): string {
  const training = `epoch ${epoch}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}`;
  return validationLoss === undefined
    ? training
    : `${training}; validation loss ${validationLoss.toFixed(4)}, accuracy ${validationAccuracy?.toFixed(4)}`;
}
