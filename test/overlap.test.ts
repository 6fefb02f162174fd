/** Steps and the preparation of the next input: order, end, and waiting time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as after } from 'node:timers/promises';
import { overlapped } from '../src/overlap.js';

/** Steps of `stepMs` over `count` batches, each ready `batchMs` after its request; returns the events. */
function course({ count = 3, batchMs = 0, stepMs = 0, failing = -1 }) {
  const events: string[] = [];
  async function* batches() {
    try {
      for (let i = 0; i < count; i++) {
        await after(batchMs);
        yield i;
      }
    } finally {
      events.push('closed');
    }
  }
  const steps = overlapped(batches(), {
    prepare: (batch) => {
      events.push(`prepared ${batch}`);
      return batch;
    },
    step: async (input) => {
      events.push(`began ${input}`);
      await after(stepMs);
      if (input === failing) {
        throw new Error('failed');
      }
      events.push(`ended ${input}`);
      return 10 * input;
    },
    discard: (input) => events.push(`discarded ${input}`),
  });
  return { events, steps };
}

test('when steps run, then the next input is prepared meanwhile and steps keep their order', async () => {
  const { events, steps } = course({ stepMs: 30 });
  const results: number[] = [];
  for await (const { input, result, waitMs } of steps) {
    results.push(result);
    assert.equal(result, 10 * input);
    if (input > 0) {
      assert.ok(waitMs < 25, `${waitMs}`);
    }
  }
  assert.deepEqual(results, [0, 10, 20]);
  assert.deepEqual(events, [
    ...['prepared 0', 'began 0', 'prepared 1', 'ended 0'],
    ...['began 1', 'prepared 2', 'ended 1', 'began 2', 'closed', 'ended 2'],
  ]);
});

test('when batches come slowly, then the time without a step counts as waiting', async () => {
  const { steps } = course({ batchMs: 60, stepMs: 20 });
  for await (const { input, waitMs } of steps) {
    assert.ok(waitMs >= (input === 0 ? 59 : 35), `${waitMs} ms before step ${input}`);
  }
});

test('when the loop is left, then the input that was ready is freed and the batches end', async () => {
  const { events, steps } = course({ stepMs: 20 });
  for await (const _ of steps) {
    break;
  }
  await after(10);
  assert.deepEqual(events.slice(-2).sort(), ['closed', 'discarded 1']);
});

test('when a step fails, then the loop rejects and the input that was ready is freed', async () => {
  const { events, steps } = course({ stepMs: 20, failing: 1 });
  await assert.rejects(async () => {
    for await (const _ of steps) {
    }
  }, /failed/);
  await after(10);
  assert.ok(events.includes('discarded 2') && events.includes('closed'), `${events}`);
});
