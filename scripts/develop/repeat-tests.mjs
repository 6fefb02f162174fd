/**
 * `npm run test:repeat [-- NAME…]`: runs test files again and again beside load, those with processes, timers, locks or
 * threads more often, and reports at the end which file failed how often. CONTRIBUTING.md describes the options.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../root.mjs';
import { messageOf } from '../run.mjs';
import { checkNames, chooseTests } from './choose-tests.mjs';
import { buildNativeTests, nativeTests } from './native-tests.mjs';
import { nativeTestFiles, sourceOf, typescriptTestFiles } from './test-files.mjs';

/** Outputs of failed runs, and the report. */
const outputs = path.join(packageRoot, 'build-repeat');

/** A test file whose source, or one of its helpers', has one of these words depends on timing. */
const timingWords = new RegExp(
  [
    /child_process|worker_threads|node:timers/,
    /\bset(Timeout|Interval|Immediate)\b/,
    // They lock a folder, or start threads.
    /\b(lockFolder|inLockedFolder|createLoader|train|fit|ensemble|prepare|async)\(/,
    /std::(jthread|thread|async|condition_variable)|"(core\/load|core\/batch|device\/load)\//,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/**
 * The first such word of `file`, or of the files of `test` that it imports; undefined if there is none.
 * @param {string} file
 * @param {Set<string>} seen
 * @returns {string | undefined}
 */
function timingWord(file, seen = new Set()) {
  if (seen.has(file)) {
    return undefined;
  }
  seen.add(file);
  const source = sourceOf(file);
  const [word] = source.match(timingWords) ?? [];
  return (
    word ??
    helpersIn(source, path.dirname(file))
      .map((helper) => timingWord(helper, seen))
      .find((found) => found !== undefined)
  );
}

/**
 * The TypeScript files below `test` that a source imports.
 * @param {string} source
 * @param {string} folder the folder of its file
 */
const helpersIn = (source, folder) =>
  [...source.matchAll(/from '(\.[^']*)\.js'/g)]
    .map(([, name]) => `${path.join(folder, name ?? '')}.ts`)
    .filter((file) => file.startsWith('test/'));

/** @typedef {{file: string, word: string | undefined, times: number, ran: number, failed: number}} Row */

/**
 * The files to repeat, each with its number of runs.
 * @param {string[]} names
 * @param {{times: number, others: number}} counts
 * @returns {Row[]}
 */
function plan(names, { times, others }) {
  const files = [...nativeTestFiles(), ...typescriptTestFiles()];
  checkNames(files, names);
  return chooseTests(files, names).paths.map((file) => {
    const word = timingWord(file);
    return { file, word, times: word === undefined ? others : times, ran: 0, failed: 0 };
  });
}

/**
 * Runs a file once in a process group of its own, so that no process outlives it, and resolves to whether it passed. The
 * output of a failed run is kept.
 * @param {Row} row
 * @param {number} minutes after which the run is ended and counts as failed
 */
async function runOnce(row, minutes) {
  const [command, args] = row.file.endsWith('.cc')
    ? [nativeTests, [row.file]]
    : [process.execPath, ['--import', 'tsx', '--test', row.file]];
  const log = path.join(outputs, `${row.file.replaceAll('/', '-')}-${row.ran + 1}.log`);
  const output = fs.openSync(log, 'w');
  const options = { cwd: packageRoot, detached: true };
  const child = spawn(command, args, { ...options, stdio: ['ignore', output, output] });
  const end = () => endGroup(child.pid);
  process.once('exit', end);
  const timer = setTimeout(() => {
    fs.writeSync(output, `\nnot finished after ${minutes} minutes\n`);
    end();
  }, minutes * 60_000);
  const [status] = await once(child, 'exit');
  clearTimeout(timer);
  end();
  process.off('exit', end);
  fs.closeSync(output);
  if (status === 0) {
    fs.rmSync(log);
  }
  return status === 0;
}

/** @param {number | undefined} leader */
function endGroup(leader) {
  try {
    process.kill(-Number(leader), 'SIGKILL');
  } catch {
    // The group has ended.
  }
}

/** @param {number} processes */
function startLoad(processes) {
  const busy = Array.from({ length: processes }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  process.once('exit', () => busy.forEach((child) => void child.kill('SIGKILL')));
}

/** @param {Row[]} rows */
function report(rows) {
  const runs = rows.reduce((sum, { ran }) => sum + ran, 0);
  const faulty = rows.filter(({ failed }) => failed > 0);
  const text = [
    ...faulty.map(({ file, failed, ran }) => `failed ${failed} of ${ran} runs: ${file}`),
    `${runs} runs of ${rows.length} files; ${faulty.length} files failed`,
    ...(faulty.length > 0 ? [`The outputs are in ${outputs}`] : []),
  ].join('\n');
  fs.writeFileSync(path.join(outputs, 'report.txt'), `${text}\n`);
  console.log(`\n${text}`);
  process.exit(faulty.length > 0 ? 1 : 0);
}

/**
 * Round by round, so that an early end has run every file about equally often.
 * @param {Row[]} rows
 * @param {number} minutes
 */
async function repeat(rows, minutes) {
  const rounds = Math.max(...rows.map(({ times }) => times));
  for (let round = 1; round <= rounds; round++) {
    for (const row of rows.filter(({ times }) => times >= round)) {
      const began = performance.now();
      const passed = await runOnce(row, minutes);
      row.ran++;
      row.failed += passed ? 0 : 1;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`round ${round}  ${passed ? 'passed' : 'FAILED'}  ${seconds} s  ${row.file}`);
    }
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string', default: '20' },
    others: { type: 'string', default: '3' },
    load: { type: 'string', default: String(os.availableParallelism()) },
    minutes: { type: 'string', default: '10' },
    list: { type: 'boolean', default: false },
  },
});

/** @param {'times' | 'others' | 'load' | 'minutes'} name */
function count(name) {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < (name === 'load' ? 0 : 1)) {
    throw new Error(`Expected a whole number for --${name} but received "${values[name]}"`);
  }
  return value;
}

async function main() {
  const rows = plan(positionals, { times: count('times'), others: count('others') });
  if (values.list) {
    for (const { file, word, times } of rows) {
      console.log(`${String(times).padStart(3)}  ${file}${word === undefined ? '' : `: ${word}`}`);
    }
    return;
  }
  if (rows.some(({ file }) => file.endsWith('.cc'))) {
    buildNativeTests();
  }
  fs.rmSync(outputs, { recursive: true, force: true });
  fs.mkdirSync(outputs);
  os.setPriority(Math.max(10, os.getPriority()));
  startLoad(count('load'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => report(rows));
  }
  await repeat(rows, count('minutes'));
  report(rows);
}

main().catch((error) => {
  console.error(`test:repeat: ${messageOf(error)}`);
  process.exit(1);
});
