/** Keeps SIGTERM for this process: TensorFlow takes it for itself when a cluster starts, and then neither Node nor the system gets it. */

/** Between two calls while a cluster starts: TensorFlow says nothing when it takes the signal. */
const roundMilliseconds = 1000;

/** Lets the listeners of SIGTERM hear it again, while `start` is under way and after it. */
export async function keepSigterm<Result>(start: Promise<Result>): Promise<Result> {
  const timer = setInterval(listenAnew, roundMilliseconds);
  try {
    return await start;
  } finally {
    clearInterval(timer);
    listenAnew();
  }
}

/** Node asks the system for a signal with its first listener, and gives it back with the last one. */
function listenAnew(): void {
  const listeners = process.rawListeners('SIGTERM') as NodeJS.SignalsListener[];
  const first = () => {};
  process.removeAllListeners('SIGTERM');
  process.on('SIGTERM', first);
  for (const listener of listeners) {
    process.on('SIGTERM', listener);
  }
  process.off('SIGTERM', first);
}
