/** A log of a run in JSON lines (https://jsonlines.org): one object a line, one line a moment. */
import { checkArgument, text } from '../../arguments.js';
import { AppendedFile } from '../../disk/index.js';
import type { Callback } from './callback.js';

/**
 * A callback that appends a line to `file` at each moment of a run. It begins with `moment` and `time`, in ISO 8601, and has the
 * numbers of that moment. Lines are written within a second, whole: what a killed process began is removed when the run is resumed.
 * After a kill the steps behind the last checkpoint come twice; `finishedSteps` of the line `begin` says where the run went on.
 *
 * A call of `train` needs a callback of its own.
 *
 * @throws InvalidInputError when `file` is no path, and in `begin` when it has something else in it
 */
export function jsonLines(file: string): Callback {
  checkArgument('file', file, text('the path of a file'));
  let log: AppendedFile;
  const add = async (moment: string, facts: object) => {
    await log.add(`${JSON.stringify({ moment, time: new Date().toISOString(), ...facts })}\n`);
  };
  return {
    name: 'jsonLines',
    async begin({ classifier: _, history: __, ...facts }) {
      log = await AppendedFile.lines(file, '{"moment":');
      await add('begin', facts);
      await log.flush();
    },
    async step({ step, epoch, loss, accuracy, learningRate, imagesPerSecond, waitShare, logged }) {
      const rates = { learningRate, imagesPerSecond, waitShare };
      await add('step', { step, epoch, loss, accuracy, ...rates, logged });
    },
    async epoch(record) {
      await add('epoch', record);
      await log.flush();
    },
    async end({ finished, best, error }) {
      await add('end', { finished, bestEpoch: best?.epoch, error: error?.message });
      await log.close();
    },
  };
}
