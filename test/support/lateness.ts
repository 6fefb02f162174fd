/** Measures how late a 10 ms timer is while work runs, and how much of that the machine causes. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

/** How often `work` runs in search of a round without other disturbance. */
const rounds = 6;

/**
 * `work` gets a function that starts a timer; that function's result stops the timer and returns its worst
 * lateness in milliseconds. `work` returns this lateness, which must be below 50. Fails after two late rounds
 * in which the timer of an idle process was on time: code that blocks the event loop blocks it in every round,
 * while a virtual machine may stop one of its cores. Skips the test if even the idle process is always late.
 */
export async function checkLateness(
  t: TestContext,
  work: (startTimer: () => () => number) => Promise<number>,
): Promise<void> {
  let [idle, held] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const control = await idleTimer();
    const late = await work(startTimer);
    idle = await control.stop();
    t.diagnostic(`${late.toFixed(1)} ms late; in an idle process ${idle.toFixed(1)} ms`);
    if (late < 50) {
      return;
    }
    if (idle <= 25) {
      held++;
    }
    assert.ok(held < 2, `twice late, now by ${late} ms, although the machine was not busy`);
  }
  t.skip(`other programs keep the machine busy: an idle process's timer is ${idle} ms late`);
}

function startTimer(): () => number {
  let worst = 0;
  let due = performance.now() + 10;
  const timer = setInterval(() => {
    worst = Math.max(worst, performance.now() - due);
    due = performance.now() + 10;
  }, 10);
  return () => {
    clearInterval(timer);
    return Math.max(worst, performance.now() - due);
  };
}

/**
 * The same timer in an idle process, which measures the machine's own lateness. It runs when this resolves,
 * because a starting process measures nothing and keeps a core busy.
 */
async function idleTimer(): Promise<{ stop(): Promise<number> }> {
  const program = `
    let worst = 0, due = performance.now() + 10;
    setInterval(() => { worst = Math.max(worst, performance.now() - due); due = performance.now() + 10 }, 10);
    process.stdin.on('end', () => { console.log(worst); process.exit() }).resume();
    console.log('running');`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  assert.equal((await lines.next()).value, 'running');
  return {
    async stop(): Promise<number> {
      child.stdin.end();
      return Number((await lines.next()).value);
    },
  };
}
