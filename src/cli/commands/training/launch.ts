/** `bobbin launch`: runs a command in several processes of this machine, and restarts all of them when one fails. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { ifPresent } from '../../../disk/index.js';
import { expected, missing } from '../../../errors.js';
import { checkOption } from '../../../options.js';
import { count } from '../../../plural.js';
import { print } from '../../../width.js';
import { type ClusterPart, Launch, type WorkerFailure } from '../../../workers/index.js';
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
        .argParser(integer('--workers', 1, 1024))
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--max-restarts <n>', 'how often all begin again when one has failed')
        .argParser(integer('--max-restarts', 0, 1000))
        .default(0),
    )
    .option('--log-folder <folder>', 'folder for worker-0.log and so on', 'launch-logs')
    .addOption(
      new Option(
        '--stop-seconds <n>',
        'seconds from SIGTERM to SIGKILL for a worker that has to end',
      )
        .argParser(integer('--stop-seconds', 1, 86_400))
        .default(30),
    )
    .option(
      '--cluster <list>',
      'host:port of the workers of all machines, with a comma between (default: free ports of 127.0.0.1)',
      (list: string) => list.split(','),
    )
    .addOption(
      new Option('--first-index <n>', 'with --cluster, number of the first worker of this machine')
        .argParser(integer('--first-index', 0, 65_535))
        .default(0),
    );
  command.action(run);
}

const integer = (flag: string, min: number, max: number) => (typed: string) => {
  const value = /^\d+$/.test(typed) ? Number(typed) : typed;
  checkOption(flag, { type: 'integer', default: min, min, max, help: '' }, value);
  return Number(value);
};

async function run(words: string[], flags: Flags): Promise<void> {
  const { workers, maxRestarts, logFolder, stopSeconds } = flags;
  if (words[0] === 'launch') {
    throw expected('a command other than launch', 'the words after --', 'launch');
  }
  const launch = new Launch({
    ...{ workers, maxRestarts, stopSeconds, logs: logFolder, cluster: partOf(flags) },
    words: async (restarts) => [
      ...process.execArgv,
      process.argv[1] as string,
      ...(restarts === 0 ? words : await resumed(words)),
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

/** `words`, with --resume for a training whose run has a checkpoint. */
async function resumed(words: readonly string[]): Promise<readonly string[]> {
  const run = flagValue(words, '--run');
  const isTraining = words[0] === 'train' && !words.includes('--resume');
  return isTraining && run !== undefined && (await hasCheckpoint(run))
    ? [...words, '--resume']
    : words;
}

function flagValue(words: readonly string[], flag: string): string | undefined {
  const place = words.indexOf(flag);
  return place >= 0
    ? words[place + 1]
    : words.find((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
}

/** Whether a run folder, or a folder of a task in it, has a checkpoint. */
async function hasCheckpoint(run: string): Promise<boolean> {
  const folders = ['.', ...((await ifPresent(readdir(run))) ?? [])];
  return folders.some((name) => existsSync(path.join(run, name, 'checkpoint')));
}
