/** One worker of a test's cluster: joins by `TF_CONFIG`, plays the part that its first argument names, and prints JSON lines. */
import { setTimeout as wait } from 'node:timers/promises';
import { cluster, clusterFromEnvironment, joined } from '../../src/cluster/index.js';
import { allReduce, broadcast, configure, jit, tf } from '../../src/tensorflow/index.js';

const [, , part = '', heartbeat = '30', start = '60'] = process.argv;
const print = (name: string, value: unknown) => console.log(JSON.stringify({ name, value }));
const sum = jit((x: tf.Tensor) => allReduce(x));
const seconds = () => performance.now() / 1000;

/** Numbers whose sums are exact in each type, different on each worker. */
const numbers = (index: number, count: number) =>
  Array.from({ length: count }, (_, i) => ((i * 7 + index * 3) % 16) - 8);

async function sums(index: number) {
  const inputs = () => {
    const sizes = [3, 1, 40, 257, 0];
    const floats = sizes.map((size) => tf.tensor1d(numbers(index, size), 'float32'));
    const integers = sizes.map((size) => tf.tensor1d(numbers(index, size), 'int32'));
    return { floats, integers, matrix: tf.tensor2d(numbers(index, 6), [2, 3]), name: 'kept' };
  };
  for (const [bucketMB, precision] of [
    ...([
      [12, 'float32'],
      [0.001, 'float32'],
      [0.0012, 'float16'],
      [12, 'bfloat16'],
    ] as const),
  ]) {
    const reduce = jit((all: ReturnType<typeof inputs>) => allReduce(all, { bucketMB, precision }));
    const { floats, integers, matrix, name } = await reduce.async(inputs());
    const values = [...floats, ...integers, matrix].map((tensor) => tensor.arraySync());
    print(`${precision} ${bucketMB}`, { values, name });
  }
  const gradient = jit((x: tf.Tensor1D) => tf.grad((y) => allReduce(tf.square(y)))(x));
  print('gradient', await (await gradient.async(tf.tensor1d([1 + index, 5]))).array());
  const same = jit((x: tf.Tensor) => broadcast({ x, y: tf.cast(x, 'int32'), z: tf.less(x, 2) }));
  const { x, y, z } = await same.async(tf.tensor1d([index + 1.5, index + 2]));
  print(
    'broadcast',
    [x, y, z].map((tensor) => tensor.arraySync()),
  );
  const variables: tf.Variable[] = [
    tf.variable(tf.tensor1d([index, 7])),
    tf.variable(tf.scalar(index)),
  ];
  const begin = jit(() => {
    broadcast(variables).forEach((value, i) => {
      variables[i]?.assign(value);
    });
  });
  await begin.async();
  print(
    'variables',
    variables.map((variable) => variable.arraySync()),
  );
  // Many buckets, and a second function with other shapes in between.
  const many = jit((x: tf.Tensor[]) => allReduce(x, { bucketMB: 0.001 }));
  const parts = numbers(index, 40).map((value) => tf.fill([300], value));
  for (let i = 0; i < 3; i++) {
    const reduced = await many.async(parts);
    await sum.async(tf.ones([i + 1]));
    print(
      `many ${i}`,
      reduced.map((tensor) => tensor.dataSync()[299]),
    );
  }
}

function refusals() {
  const messages: string[] = [];
  const note = (call: () => unknown) => {
    try {
      call();
    } catch (error) {
      messages.push((error as Error).message);
    }
  };
  note(() => allReduce(tf.ones([2])));
  note(() => sum(tf.ones([2])));
  note(() => jit((x: tf.Tensor) => allReduce(x), { xla: true })(tf.ones([2])));
  print('refusals', messages);
}

async function fail(call: () => Promise<unknown>) {
  const begun = seconds();
  try {
    await call();
    print('error', 'none');
  } catch (error) {
    print('error', (error as Error).message);
    print('seconds', seconds() - begun);
  }
}

async function play(index: number) {
  const other = index === 1;
  await sum.async(tf.ones([3]));
  if (part === 'sums') {
    print('exchange', await joined()?.exchange('key', `text ${index}`));
    print('again', await joined()?.exchange('key', `\0${index}`));
    await joined()?.barrier('done');
    await sums(index);
    refusals();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    await wait(other ? 600 : 0);
    ticks = 0;
    await sum.async(tf.ones([3]));
    clearInterval(timer);
    print('ticks', ticks);
    await fail(() => sum.async(tf.ones([4 + index])));
    print('still computes', tf.add(1, 2).dataSync()[0]);
    process.kill(process.pid, 'SIGTERM');
    await wait(100);
    print('signals', signals);
    process.exit(0);
  }
  if (part === 'exit' && !other) {
    setTimeout(() => {
      print('exits', Date.now());
      process.exit(0);
    }, 300);
  }
  const isFirstStopped = part === 'first-stopped';
  if (other !== isFirstStopped) {
    // The exit of the other one must not be this one's end.
    await wait(part === 'exit' ? 60_000 : 500);
    process.kill(process.pid, part === 'killed' ? 'SIGKILL' : 'SIGSTOP');
  }
  await fail(() => sum.async(tf.ones([3])));
  // A command ends by itself after an error: no question to a worker that hangs may keep it.
  process.exitCode = 1;
}

if (part === 'late') {
  tf.add(1, 2).dataSync();
}
let signals = 0;
if (part === 'sums') {
  process.on('SIGTERM', () => signals++);
}
const options = clusterFromEnvironment();
if (options !== undefined) {
  await fail(async () => {
    const times = { startSeconds: Number(start), heartbeatSeconds: Number(heartbeat) };
    const joining = cluster({ ...options, ...times });
    if (part === 'alone') {
      setTimeout(() => {
        try {
          configure({});
        } catch (error) {
          print('configure', (error as Error).message);
        }
      }, 700);
    }
    await joining;
  });
}
if (joined() !== undefined) {
  await play(options?.index ?? 0);
}
