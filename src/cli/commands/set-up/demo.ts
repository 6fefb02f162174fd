/** `bobbin demo`: runs `submit` on drawn garments. Their classes are known, so that the submission can be scored. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { fashionAiTasks, readCsv } from '../../../dataset/index.js';
import { accuracy } from '../../../evaluation/index.js';
import { type Prediction, rowsOf } from '../../../prediction/index.js';
import { clock, withProgress } from '../../../report/index.js';
import type { SubmitRequest } from '../../../submission/index.js';
import { synthesize } from '../../../synthetic/index.js';
import { print } from '../../../width.js';
import { interruptible } from '../../process/interrupt.js';
import { reportSubmit, runSubmit, showPictures } from '../../submission/report.js';

/** Enough images to learn from, and few enough for some minutes on two cores. */
const drawing = { imagesPerTask: 240, questionsPerTask: 30, size: 224, seed: 1 };

const settings: Omit<SubmitRequest, 'source' | 'out'> = {
  seed: 1,
  validationFraction: 0.2,
  crops: 'ten',
  training: {
    epochs: 8,
    batchSize: 16,
    model: { size: 128 },
    // A smaller window could cut off the hem or cuff that shows a length.
    augmentation: { area: [0.6, 1] },
  },
};

export function configure(command: Command): void {
  command
    .option('--out <folder>', 'where images, models and the submission go', 'demo')
    .action(({ out }: { out: string }) =>
      interruptible('Stopped with a checkpoint. Repeat the command to continue.', (signal) =>
        run(out, signal),
      ),
    );
}

async function run(out: string, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const source = path.join(out, 'photos');
  if (!existsSync(source)) {
    await draw(source);
  }
  const work = path.join(out, 'work');
  const result = await runSubmit({ ...settings, source, out: work, signal });
  const right = await testAccuracy(path.join(source, 'answers', 'answer.csv'), result.answers);
  print(`Questions answered correctly: ${(100 * right).toFixed(1)} %`);
  print(`Time: ${clock((performance.now() - start) / 1000)}`);
  showPictures(work, result);
  await reportSubmit({ out: work }, result);
}

async function draw(source: string): Promise<void> {
  await withProgress((progress) =>
    synthesize(source, {
      ...drawing,
      onProgress: (done, total) => progress.update({ label: 'drawing garments', done, total }),
    }),
  );
}

/** Accuracy over all questions. `file` has the true labels in the form of label.csv, in question order. */
async function testAccuracy(file: string, answers: Map<string, Prediction>): Promise<number> {
  const labels = new Map(fashionAiTasks.map(({ name }) => [name, [] as number[]]));
  for await (const { fields } of readCsv(file)) {
    const [, task = '', letters = ''] = fields;
    labels.get(task)?.push(letters.indexOf('y'));
  }
  const tasks = [...answers].map(([task, answer]) => {
    const truth = labels.get(task) ?? [];
    return {
      images: truth.length,
      right: accuracy({ probabilities: rowsOf(answer), labels: truth }),
    };
  });
  const images = tasks.reduce((sum, task) => sum + task.images, 0);
  return tasks.reduce((sum, task) => sum + task.right * task.images, 0) / images;
}
