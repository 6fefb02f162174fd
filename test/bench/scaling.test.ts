/** How the cost of a step of several workers is fitted and foretold, and that a limited network is as slow as it should be. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fitLink, overlapOf, reduceMs, stepMs } from '../../bench/scaling/cost-model.js';
import { atBest, forecasts } from '../../bench/scaling/forecast.js';
import type { WorkerOutcome } from '../../bench/scaling/job.js';
import { inNamespaces, unlimitedBecause } from '../../bench/scaling/network.js';
import { modelOf, ratioToPeer, rowOf, type Setting } from '../../bench/scaling/results.js';

const near = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 1e-9 * Math.max(1, wanted), `${found} is not ${wanted}`);

test('when gradients travel in a ring, then the time is that of its parts, and hidden as far as the backward pass is long', () => {
  const link = { latencyMs: 3, bytesPerMs: 50 };
  // Six parts in each of two buckets, and 3/2 of the bytes.
  near(reduceMs(link, { workers: 4, bytes: 1000, buckets: 2 }), 12 * 3 + 1500 / 50);
  near(reduceMs(link, { workers: 1, bytes: 1000, buckets: 2 }), 0);
  const compute = { computeMs: 100, backwardMs: 60 };
  near(stepMs(compute, 40, 0.5), 120);
  near(stepMs(compute, 200, 1), 240);
  near(overlapOf(100, 40, 120), 0.5);
  near(overlapOf(100, 40, 90), 1);
  near(overlapOf(100, 0, 90), 0);
});

test('when reductions follow a latency and a bandwidth, then the fit finds them, and neither is below 0', () => {
  const link = { latencyMs: 0.7, bytesPerMs: 120_000 };
  const traffic = [
    { workers: 2, bytes: 4096, buckets: 1 },
    { workers: 2, bytes: 4e6, buckets: 1 },
    { workers: 4, bytes: 14e6, buckets: 2 },
  ];
  const found = fitLink(traffic.map((each) => ({ ...each, ms: reduceMs(link, each) })));
  near(found.latencyMs, link.latencyMs);
  near(found.bytesPerMs, link.bytesPerMs);
  const [small, large] = traffic as [(typeof traffic)[0], (typeof traffic)[0]];
  assert.equal(
    fitLink([
      { ...small, ms: 0.001 },
      { ...large, ms: 40 },
    ]).latencyMs,
    0,
  );
  const flat = fitLink([
    { ...small, ms: 4 },
    { ...large, ms: 2 },
  ]);
  assert.equal(flat.bytesPerMs, Number.POSITIVE_INFINITY);
});

/** What a worker that is `late` ms behind measures in one step. */
const outcomeOf = (late: number, reduced: number): WorkerOutcome => ({
  ...{ losses: [1], stepMs: [130 + late], cpuMs: 100, version: '1' },
  parts: {
    ...{ wholeMs: [130], computeMs: [100 + late], forwardMs: [40], arrivals: [1000 + late] },
    reductions: [
      { bytes: 0, buckets: 1, ms: [2] },
      { bytes: 1e6, buckets: 2, ms: [reduced] },
    ],
  },
});

test('when workers have measured a step, then the last one counts, and a model of two foretells four', () => {
  const setting: Setting = {
    ...{ contender: 'Bobbin', workers: 2, megabits: 1000, batchNorm: 'local' },
  };
  const two = rowOf({ setting, rounds: [[outcomeOf(0, 44), outcomeOf(10, 41)]] }, 16);
  assert.deepEqual([two.stepMs, two.cpuMs], [135, 200]);
  assert.deepEqual(
    [two.parts?.computeMs, two.parts?.backwardMs, two.parts?.reduceMs, two.parts?.stragglerMs],
    [110, 70, 44, 10],
  );
  // 110 + 44 − 130 of 44.
  near(two.parts?.overlap as number, 24 / 44);
  const { parts: _, ...peer } = { ...two, stepMs: 270, roundsMs: [270] };
  near(ratioToPeer(two, [two, { ...peer, stepMs: 300 }, peer]) as number, 0.5);
  assert.equal(ratioToPeer(two, [two, { ...peer, megabits: 1 }]), undefined);
  const rounds = [[0, 1, 2, 3].map((late) => outcomeOf(late, 80))];
  const four = rowOf({ setting: { ...setting, workers: 4 }, rounds }, 16);
  const model = modelOf([two, four]);
  assert.ok(model);
  // 2 α = 2, and 4 α + 1e6 / β = 44.
  near(model.link.latencyMs, 1);
  near(model.link.bytesPerMs, 1e6 / 40);
  near(model.shareOfLimit as number, 0.2);
  const [check] = model.checks;
  near(check?.foretoldReduceMs as number, 12 + 60);
  near(check?.foretoldMs as number, 103 + 72 - (24 / 44) * 72);
  assert.equal(check?.measuredMs, 130);
  for (const { asMeasured, atBest } of forecasts(model)) {
    assert.ok(asMeasured.every((share) => share > 0 && share <= atBest && atBest <= 1));
  }
});

test('when the best case is foretold, then it is that of a ring which uses the whole network', () => {
  const compute = { computeMs: 180, backwardMs: 120 };
  // 193.75 MB take 31 ms, which the backward pass hides; with a tenth of the bandwidth, it hides 120 of 310 ms.
  near(atBest({ servers: 32, gigabits: 50, bytes: 100e6, compute }), 1);
  near(atBest({ servers: 32, gigabits: 5, bytes: 100e6, compute }), 180 / (180 + 310 - 120));
});

/** Runs a program in a namespace; the other ends with the test. */
function run(t: TestContext, within: readonly string[], source: string) {
  const words = [...within, process.execPath, '--eval', source];
  const child = spawn(words[0] as string, words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

test('when a network is limited to 80 Mb/s, then 2 MB take two tenths of a second, and nothing of it is left behind', async (t) => {
  const reason = unlimitedBecause();
  if (reason !== undefined) {
    t.skip(`no namespaces: ${reason}`);
    return;
  }
  const places = inNamespaces(2, 80);
  t.after(() => places.close());
  const [, port] = (places.workers[0] as string).split(':');
  const listener = run(
    t,
    places.within(0),
    `require('node:net').createServer((socket) => socket.on('data', () => {}).on('end', () => socket.end('!')))
      .listen(${port}, () => console.log('listens'))`,
  );
  await once(listener.stdout, 'data');
  const [host] = (places.workers[0] as string).split(':');
  const sender = run(
    t,
    places.within(1),
    `const start = performance.now();
     const socket = require('node:net').connect(${port}, '${host}', () => socket.end(Buffer.alloc(2e6)));
     socket.on('data', () => console.log(performance.now() - start));`,
  );
  const ms = Number(await text(sender.stdout));
  // The first 128 KB are sent at once. Slower is a busy machine.
  assert.ok(ms > 180, `${ms} ms`);
  places.close();
  const names = await text(spawn('ip', ['netns', 'list']).stdout);
  assert.ok(!names.includes(`bobbin${process.pid}`), names);
});
