/** The process of a measured server, apart from the load, so that its memory is its own. */
import { createModel, forwardOf, loadClassifier } from '../../src/model/index.js';
import { serve } from '../../src/serve/index.js';
import { tf } from '../../src/tensorflow/index.js';
import type { Bare, Question, ServerJob, Taken } from './job.js';

const { net, run, batchSize }: ServerJob = JSON.parse(process.argv[2] as string);
const drawn = { pretrained: false, trainable: 'head', seed: 1 } as const;
const classes = Array.from({ length: 10 }, (_, index) => `class ${index}`);
const classifier =
  run === undefined
    ? await createModel({ network: net, classes, ...drawn })
    : await loadClassifier(run);

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const taken = (): Taken => ({ memory: process.memoryUsage().rss, cpuMs: cpuMs() });

/** The forward pass alone. */
async function bare(seconds: number): Promise<Bare> {
  const { crop: side } = classifier.preprocessing;
  const windows = tf.randomUniform([batchSize, side, side, 3], -1, 1);
  let passes = 0;
  const cpu = cpuMs();
  const start = performance.now();
  for (const end = start + 1000 * seconds; performance.now() < end; passes++) {
    const rows = await forwardOf(classifier).async(windows, 1);
    await rows.data();
    rows.dispose();
  }
  const images = batchSize * passes;
  const rate = (1000 * images) / (performance.now() - start);
  windows.dispose();
  return { rate, cpuMs: (cpuMs() - cpu) / images };
}

const server = await serve({ classifier, port: 0, batchSize });
process.on('message', async (question: Question) => {
  process.send?.(question.ask === 'bare' ? await bare(question.seconds) : taken());
});
process.on('disconnect', () => server.close());
process.send?.(server.url);
