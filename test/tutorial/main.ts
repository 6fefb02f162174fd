/**
 * `npm run test:tutorial`: follows docs/start.md word by word in a fresh clone, once for the competition and once with own photos, and
 * compares what is printed with what the page shows. `-- --here` follows it in this checkout, and `-- --pictures` draws the page's
 * pictures anew from that run.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../scripts/root.mjs';
import { runScript } from '../../scripts/run.mjs';
import { inTerminal } from '../support/terminal.js';
import { askPage, untilAnswered, type Visit } from './browse.js';
import { bringPhotos } from './own-photos.js';
import { type Block, blocksFor, notPrinted, type Way } from './page.js';
import { drawPictures } from './pictures.js';

const page = 'docs/start.md';

/** Set-up of a clone compiles the addon. */
const minutes = 40;

/** Runs a block's commands in a terminal, in the folder where the block before left the reader. */
function typeIn(block: Block, cwd: string): { cwd: string; output: string } {
  const place = path.join(os.tmpdir(), `bobbin-tutorial-${process.pid}`);
  const script = `set -e\n${block.text}pwd > ${place}`;
  const began = performance.now();
  const { code, output } = inTerminal(['bash', '-c', script], { cwd, columns: 130, minutes });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${block.text}${output}(${seconds} s)\n`);
  assert.equal(code, 0, block.text);
  const left = readFileSync(place, 'utf8').trim();
  rmSync(place);
  return { cwd: left, output };
}

/** Starts a command that goes on until Ctrl-C, and waits until it answers at its port, or at 8000. */
async function leaveRunning({ text }: Block, cwd: string): Promise<ChildProcess> {
  console.log(text);
  const child = spawn('bash', ['-c', text], { cwd, stdio: 'inherit', detached: true });
  const [, port = '8000'] = /--port (\d+)/.exec(text) ?? [];
  await untilAnswered(`http://localhost:${port}/`);
  return child;
}

/** Ends a command and those that it has started, as Ctrl-C in their terminal does. */
async function interrupt(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  process.kill(-(child.pid as number), 'SIGINT');
  await ended;
}

/**
 * Follows the page from `clone`, and asks its page in the browser at the end. Returns the faults that it finds: lines that the page
 * shows and that nothing printed.
 */
async function follow(way: Way, clone: string): Promise<string[]> {
  const faults: string[] = [];
  const running: ChildProcess[] = [];
  let cwd = clone;
  let output = '';
  try {
    for (const block of blocksFor(page, way)) {
      if (block.file !== undefined) {
        writeFileSync(path.join(cwd, block.file), block.text);
      } else if (block.goesOn) {
        running.push(await leaveRunning(block, cwd));
      } else if (block.language === 'sh') {
        ({ cwd, output } = typeIn(block, cwd));
      } else if (block.language === '') {
        faults.push(...notPrinted(block.text, output));
      }
    }
    console.log(`The page says: ${await askPage(visits[way], cwd)}`);
  } finally {
    await Promise.all(running.map(interrupt));
  }
  return faults;
}

/** What a reader opens in the browser at the end. */
const visits: Record<Way, Visit> = {
  competition: {
    address: 'http://localhost:8000/collar_design_labels/',
    photos: 'fashionai/rank/Images/collar_design_labels',
  },
  'own photos': { address: 'http://localhost:8000/', photos: 'new-photos' },
};

/** Follows both ways in the folder of a checkout, and leaves `runs/competition` and `runs/start` there. */
async function followBoth(clone: string): Promise<string[]> {
  const start = path.join(clone, 'runs/start');
  const competition = path.join(clone, 'runs/competition');
  for (const folder of [start, competition]) {
    assert.ok(!existsSync(folder), `remove ${folder}`);
  }
  const faults = await follow('competition', clone);
  renameSync(start, competition);
  await bringPhotos(path.join(competition, 'data'), start);
  return [...faults, ...(await follow('own photos', clone))];
}

async function main(): Promise<number> {
  const options = { here: { type: 'boolean' }, pictures: { type: 'boolean' } } as const;
  const { values } = parseArgs({ options });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bobbin-tutorial-'));
  const clone = values.here ? packageRoot : path.join(folder, 'bobbin');
  try {
    if (!values.here) {
      execFileSync('git', ['clone', '--quiet', packageRoot, clone], { stdio: 'inherit' });
    }
    const faults = await followBoth(clone);
    if (values.pictures) {
      await drawPictures(path.join(clone, 'runs/competition'));
    }
    console.log(faults.map((line) => `Not printed: ${line}`).join('\n'));
    return faults.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

runScript('npm run test:tutorial', main);
