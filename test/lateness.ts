/** How late a 10 ms timer comes while something runs, and what of it is the machine's doing. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';

/** Rounds in which `work`'s own timer may have been late because others kept the machine busy. */
const rounds = 5;

/**
 * `work` gets a function that starts a timer, whose result stops it and tells its worst lateness in
 * milliseconds, and returns that; it must be below 50. Skips the test where even an idle process's timer
 * is late.
 */
export async function checkLateness(
  t: TestContext,
  work: (startTimer: () => () => number) => Promise<number>,
): Promise<void> {
  let idle = 0;
  for (let round = 0; round < rounds; round++) {
    const control = idleTimer();
    const late = await work(startTimer);
    idle = await control.stop();
    t.diagnostic(`${late.toFixed(1)} ms late; in an idle process ${idle.toFixed(1)} ms`);
    if (late < 50) return;
    assert.ok(idle > 25, `${late} ms late although the machine was not busy`);
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

/** The same timer in a process that does nothing else: what the machine itself makes late. */
function idleTimer() {
  const program = `
    let worst = 0, due = performance.now() + 10;
    setInterval(() => { worst = Math.max(worst, performance.now() - due); due = performance.now() + 10 }, 10);
    process.stdin.on('end', () => { console.log(worst); process.exit() }).resume();`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  return {
    async stop(): Promise<number> {
      child.stdin.end();
      let output = '';
      for await (const chunk of child.stdout) output += chunk;
      return Number(output);
    },
  };
}
