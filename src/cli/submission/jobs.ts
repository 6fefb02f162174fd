/** Shows the models that several processes train at once: a line of progress for all, and a lasting line when each is done. */
import path from 'node:path';
import { count } from '../../plural.js';
import { clock, type ProgressReporter } from '../../report/index.js';
import type { Member, SubmitObserver, SubmitRequest } from '../../submission/index.js';
import type { TrainResult } from '../../training/index.js';

interface JobReportParts {
  /** What a model is, and which of how many. */
  headingOf(member: Member): string;
  /** Draws the pictures of a run. */
  drawTrained(member: Member, result: TrainResult): Promise<void>;
}

type JobReport = Pick<
  SubmitObserver,
  'onJobs' | 'onJob' | 'onAugment' | 'onTraining' | 'onEpoch' | 'onTrained' | 'onPredicting'
>;

export function createJobReport(
  { out }: SubmitRequest,
  progress: ProgressReporter,
  { headingOf, drawTrained }: JobReportParts,
): JobReport {
  /** What the running jobs do, by the folders of their runs. */
  const running = new Map<string, string>();
  /** What the training of a run came to, in words. */
  const results = new Map<string, string>();
  let total = 0;
  let done = 0;
  const show = () =>
    progress.update({ name: [...running.values()].join(', '), label: 'models', done, total });
  const does = ({ run }: Member, what: string) => {
    running.set(run, `${path.basename(run)} ${what}`);
    show();
  };
  const end = (member: Member, line?: string) => {
    running.delete(member.run);
    if (line !== undefined) {
      progress.print(line);
    }
    show();
  };
  return {
    onJobs(members) {
      total = members.length;
      progress.print(`The log of each model is log.txt below ${path.join(out, 'jobs')}`);
    },
    onJob({ what, member, how }) {
      const heading = headingOf(member);
      done += what === 'finished' || what === 'found' ? 1 : 0;
      switch (what) {
        case 'begun':
          return does(member, 'begins');
        case 'finished':
          return end(member, `${heading}: ${results.get(member.run) ?? 'predicted'}`);
        case 'found':
          return end(member);
        case 'lost': {
          const lost = `its process was ended by ${how}; another one goes on from its checkpoint`;
          return end(member, `! ${heading}: ${lost}`);
        }
        case 'taken':
          return end(member, `! ${heading}: its process stood still, and another call goes on`);
      }
    },
    onAugment: (member, { reason }) => progress.print(`${headingOf(member)}: ${reason}`),
    onTraining: (member, { label }) => does(member, label),
    onEpoch: (member, { epoch }) => does(member, `after epoch ${epoch}`),
    onPredicting: (member) => does(member, 'predicts'),
    async onTrained(member, result) {
      results.set(member.run, resultInWords(result));
      await drawTrained(member, result);
    },
  };
}

/** `6 epochs in 2:10, validation accuracy 83.1 % after epoch 6` */
function resultInWords({ history }: TrainResult): string {
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const { epoch = 0, validationAccuracy } = history.at(-1) ?? {};
  const epochs = `${count(epoch, 'epoch')} in ${clock(seconds)}`;
  return validationAccuracy === undefined
    ? epochs
    : `${epochs}, validation accuracy ${(100 * validationAccuracy).toFixed(1)} %`;
}
