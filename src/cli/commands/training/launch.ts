/** `bobbin launch`: runs a command in several processes of this machine, and restarts all of them when one fails. */
import { type Command, Option } from 'commander';
import { conflict, expected, missing } from '../../../errors.js';
import { count } from '../../../plural.js';
import { print } from '../../../width.js';
import { type ClusterPart, Launch, type WorkerFailure } from '../../../workers/index.js';
import { integerFlag } from '../../flags.js';
import { ProcessError, type StopSignal, stopCode } from '../../process/exit.js';

interface Flags {
  workers: number;
  maxRestarts: number;
  logFolder: string;
  stopSeconds: number;
  cluster?: string[];
  firstIndex: number;
}

export function configure(command: Command): void {
  command
    .argument('<command...>', 'a command of bobbin with its flags, after --')
    .addOption(
      new Option('--workers <n>', 'processes of this machine, 1 to 1024')
        .argParser(integerFlag('--workers', 1, 1024))
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--max-restarts <n>', 'how often all begin again when one has failed')
        .argParser(integerFlag('--max-restarts', 0, 1000))
        .default(0),
    )
    .option('--log-folder <folder>', 'folder for worker-0.log and so on', 'launch-logs')
    .addOption(
      new Option(
        '--stop-seconds <n>',
        'seconds from SIGTERM to SIGKILL for a worker that has to end',
      )
        .argParser(integerFlag('--stop-seconds', 1, 86_400))
        .default(30),
    )
    .option(
      '--cluster <list>',
      'host:port of the workers of all machines, with a comma between (default: free ports of 127.0.0.1)',
      (list: string) => list.split(','),
    )
    .addOption(
      new Option('--first-index <n>', 'with --cluster, number of the first worker of this machine')
        .argParser(integerFlag('--first-index', 0, 65_535))
        .default(0),
    );
  command.action(run);
}

async function run(words: string[], flags: Flags): Promise<void> {
  const { workers, maxRestarts, logFolder, stopSeconds } = flags;
  if (words[0] === 'launch') {
    throw expected('a command other than launch', 'the words after --', 'launch');
  }
  const trial = words.find((word) => /^--(dry-run|overfit)(=|$)/.test(word));
  if (words[0] === 'train' && trial !== undefined) {
    throw conflict('launch', trial, 'Each worker would try the same: give train alone');
  }
  const launch = new Launch({
    ...{ workers, maxRestarts, stopSeconds, logs: logFolder, cluster: partOf(flags) },
    words: (hasBegun) => [
      ...process.execArgv,
      process.argv[1] as string,
      ...(hasBegun ? resumed(words) : words),
    ],
    onBegun: (pids, restarts) => {
      const again = restarts === 0 ? '' : `, restart ${restarts} of ${maxRestarts}`;
      const logs = `logs in ${logFolder}`;
      print(`${count(workers, 'worker')} (processes ${pids.join(', ')}), ${logs}${again}`);
    },
    onFailed: (failure) => print(`! ${failureInWords(failure)}`, process.stderr),
  });
  const failure = await withSignals(launch);
  if (failure !== undefined) {
    const { index, how, status, log, lines } = failure;
    print([`The last lines of ${log}:`, ...lines].join('\n  '), process.stderr);
    throw new ProcessError(`worker ${index} ended with ${how}; its log is ${log}`, status);
  }
}

const failureInWords = ({ index, how, goesOn }: WorkerFailure): string =>
  `worker ${index} ended with ${how}: ${goesOn ? 'all begin again' : 'all end'}`;

/** Passes the signals on that this process gets. */
async function withSignals(launch: Launch): Promise<WorkerFailure | undefined> {
  const signals = Object.keys(stopCode) as StopSignal[];
  const pass = (signal: NodeJS.Signals) => launch.pass(signal);
  for (const signal of signals) {
    process.on(signal, pass);
  }
  try {
    return await launch.toEnd();
  } finally {
    for (const signal of signals) {
      process.off(signal, pass);
    }
  }
}

function partOf({ cluster, firstIndex: first, workers }: Flags): ClusterPart | undefined {
  if (cluster === undefined) {
    if (first > 0) {
      throw missing('the workers of all machines', '--cluster', '--first-index needs them');
    }
    return undefined;
  }
  if (first + workers > cluster.length) {
    const remedy = `--first-index ${first} and --workers ${workers} go beyond its end`;
    throw expected('as many workers as the cluster has', '--cluster', cluster.join(), remedy);
  }
  return { workers: cluster, first };
}

/**
 * `words`, with --resume for a training, which without a checkpoint begins anew. Only a training that a worker of this launch has
 * begun is resumed: one that was refused, such as for a folder with an older run, is refused again.
 */
const resumed = (words: readonly string[]): readonly string[] =>
  words[0] === 'train' && !words.includes('--resume') ? [...words, '--resume'] : words;
