/** A process that does one job: claims it, runs the module that knows how, and says how it ended. */
import { holdsFolder, LostLockError, tryLockFolder } from '../disk/index.js';
import {
  beatSeconds,
  type FromWorker,
  type JobContext,
  type JobModule,
  type Order,
  type ToWorker,
} from './messages.js';

const stopping = new AbortController();
let asked = 0;
const answers = new Map<number, { resolve: () => void; reject: (reason: unknown) => void }>();

function send(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) {
      process.send?.(message, undefined, undefined, () => resolve());
    } else {
      resolve();
    }
  });
}

const context: JobContext = {
  signal: stopping.signal,
  tell: (message, isProgress = false) => void send({ kind: 'tell', message, isProgress }),
  ask(message) {
    const id = asked++;
    return new Promise<void>((resolve, reject) => {
      answers.set(id, { resolve, reject });
      if (process.connected) {
        void send({ kind: 'ask', message, id });
      } else {
        reject(stopping.signal.reason);
      }
    });
  },
};

async function work({ module, request, name, folder }: Order): Promise<FromWorker> {
  const { runJob } = (await import(module)) as JobModule;
  const unlock = await tryLockFolder(folder);
  if (unlock === undefined) {
    return { kind: 'taken' };
  }
  try {
    await send({ kind: 'begun' });
    log(`${name} begins in process ${process.pid}`);
    await runJob(request, name, context);
    log(`${name} is done`);
    return { kind: 'finished' };
  } catch (error) {
    // This process stood still, and another one goes on with the job.
    if (error instanceof LostLockError || !(await holdsFolder(folder))) {
      log(`${name} is left to another process, which took it over`);
      return { kind: 'taken' };
    }
    throw error;
  } finally {
    await unlock();
  }
}

const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);

async function begin(order: Order): Promise<void> {
  const beat = setInterval(() => void send({ kind: 'alive' }), 1000 * beatSeconds);
  try {
    await send(await work(order));
  } catch (error) {
    const isStopped = stopping.signal.aborted && error === stopping.signal.reason;
    const { message, name, stack } = error as Error;
    log(isStopped ? 'stopped, with what it has saved' : (stack ?? message));
    await send(isStopped ? { kind: 'stopped' } : { kind: 'failed', message, name });
  } finally {
    clearInterval(beat);
    process.exit();
  }
}

process.on('message', (message: ToWorker) => {
  if (message.kind === 'begin') {
    void begin(message.order);
  } else if (message.kind === 'stop') {
    stopping.abort();
  } else {
    answers.get(message.id)?.resolve();
    answers.delete(message.id);
  }
});
process.on('SIGTERM', () => stopping.abort());
process.on('disconnect', () => {
  if (stopping.signal.aborted) {
    // Who asked it to stop does not wait for it.
    process.exit(1);
  }
  stopping.abort();
  for (const { reject } of answers.values()) {
    reject(stopping.signal.reason);
  }
});
process.on('warning', ({ message, code = '' }: NodeJS.ErrnoException) => {
  if (code.startsWith('BOBBIN_')) {
    void send({ kind: 'warning', message, code });
  }
});
