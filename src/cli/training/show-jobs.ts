/** Shows trainings that several processes do at once: a line of progress for all, and a lasting line when each is done. */
import type { ProgressReporter } from '../../report/index.js';
import type { EpochRecord } from '../../training/index.js';
import type { JobEvent } from '../../workers/index.js';

/** What a job tells of its training. */
export type TrainMessage =
  | { event: 'step'; label: string }
  | { event: 'epoch'; record: EpochRecord };

interface JobsShown {
  message(name: string, message: TrainMessage): void;
  event(event: JobEvent): void;
}

/** @param total the number of trainings */
export function showJobs(progress: ProgressReporter, total: number): JobsShown {
  /** What the running jobs do, by their names. */
  const running = new Map<string, string>();
  const last = new Map<string, EpochRecord>();
  let done = 0;
  const show = () =>
    progress.update({ name: [...running.values()].join(', '), label: 'trainings', done, total });
  const does = (name: string, what: string) => {
    running.set(name, `${name} ${what}`);
    show();
  };
  const end = (name: string, line?: string) => {
    running.delete(name);
    if (line !== undefined) {
      progress.print(line);
    }
    show();
  };
  return {
    message(name, message) {
      if (message.event === 'epoch') {
        last.set(name, message.record);
      }
      does(name, message.event === 'epoch' ? `after epoch ${message.record.epoch}` : message.label);
    },
    event(event) {
      const { name } = event.job;
      done += event.what === 'finished' || event.what === 'found' ? 1 : 0;
      switch (event.what) {
        case 'begun':
          return does(name, 'begins');
        case 'finished':
          return end(name, `${name}: ${resultInWords(last.get(name))}`);
        case 'found':
          return end(name);
        case 'lost': {
          const lost = `its process was ended by ${event.how}; another one goes on from its checkpoint`;
          return end(name, `! ${name}: ${lost}`);
        }
        case 'taken':
          return end(name, `! ${name}: its process stood still, and another call goes on`);
      }
    },
  };
}

/** `validation accuracy 83.1 % after epoch 6` */
function resultInWords(record: EpochRecord | undefined): string {
  if (record === undefined) {
    return 'nothing was left to do';
  }
  const { epoch, validationAccuracy } = record;
  return validationAccuracy === undefined
    ? `trained, epoch ${epoch}`
    : `validation accuracy ${(100 * validationAccuracy).toFixed(1)} % after epoch ${epoch}`;
}
