/** `bobbin import`: what it finds, and how it ends. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { createProgram } from '../../../src/cli/program.js';
import { temporaryFolder } from '../../support/folders.js';
import { runBobbin } from '../../support/run-bobbin.js';

const folder = temporaryFolder();
const kept = path.join(import.meta.dirname, '../../import/onnx/fixtures/kept.onnx');

/** As `numpy.save` writes an array. */
function npy(type: string, shape: string, numbers: Uint8Array): Buffer {
  const header = Buffer.alloc(128, ' ');
  header.write(
    `\x93NUMPY\x01\0v\0{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`,
    'latin1',
  );
  return Buffer.concat([header, numbers]);
}

test('when a file is imported, then its findings are printed, and it is compared with the results that it has', async () => {
  const out = path.join(folder, 'net');
  const { code, stdout, stderr } = await runBobbin([
    'import',
    kept,
    '--out',
    out,
    '--name',
    'small',
  ]);
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^network +small, from kept\.onnx by pytorch 2\.15\.0\noperations +15: Conv 3, /,
  );
  assert.match(stdout, /\nweights +14 tensors, \d+ numbers\n/);
  assert.match(stdout, /\ninput +32 × 32 pixels; it takes other sides, too\n/);
  assert.match(stdout, /\n! The file does not say the crop share, mean,/);
  assert.match(
    stdout,
    /\nThe largest difference from the results in the file is \d\.\de-[78] of their largest/,
  );
  assert.match(stdout, /\nNext: `npx bobbin train --data data --model \S+net --run run`\n$/);
  const { name, sides } = JSON.parse(await readFile(path.join(out, 'network.json'), 'utf8'));
  assert.deepEqual([name, sides], ['small', { multipleOf: 1 }]);
});

test('when results differ by more than the tolerance, then the exit code is 2', async () => {
  const [images, outputs] = ['images.npy', 'outputs.npy'].map((name) =>
    path.join(folder, name),
  ) as [string, string];
  await writeFile(images, npy('|u1', '1, 32, 32, 3', new Uint8Array(32 * 32 * 3).fill(200)));
  await writeFile(
    outputs,
    npy('<f4', '1, 10', new Uint8Array(Float32Array.from({ length: 10 }, (_, i) => i).buffer)),
  );
  const words = ['import', kept, '--out', path.join(folder, 'other'), '--verify', images, outputs];
  const { code, stdout } = await runBobbin(words);
  assert.equal(code, 2);
  assert.match(
    stdout,
    /from .*outputs\.npy is \d.* of their largest value: more than 0\.0001\. The network does not compute what it should\.\n$/,
  );
});

test('when a network is not what import takes, then the error says what is', async () => {
  const [net, images, outputs] = ['present', 'large.npy', 'results.npy'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  const patches = path.join(path.dirname(kept), 'patches.onnx');
  await writeFile(images, npy('<f4', '1, 3, 33, 33', new Uint8Array(4 * 3 * 33 * 33)));
  await writeFile(outputs, npy('<f4', '1, 10', new Uint8Array(40)));
  const refusals: [words: string[], message: RegExp][] = [
    [
      [patches, '--verify', path.join(folder, 'large.npx'), outputs],
      /^Expected an existing file for the images but received .*large\.npx.* Did you mean .*large\.npy\?$/,
    ],
    [
      [patches, '--verify', images, path.join(folder, 'nothing')],
      /^Expected an existing file for the outputs but received .*nothing/,
    ],
    [
      [patches, '--verify', images, outputs],
      /^Expected a multiple of 8 for the side of the images of .*results\.npy but received 33$/,
    ],
    [[net], /^Expected a file for file .* It is an imported network, .*: --model .*present \(/],
  ];
  for (const [words, message] of refusals) {
    const all = ['import', ...words, '--out', net];
    const program = await createProgram(all);
    await assert.rejects(program.parseAsync(all, { from: 'user' }), {
      name: 'InvalidInputError',
      message,
    });
  }
});

test('when a flag is wrong, then nothing is written', async () => {
  const out = path.join(folder, 'none');
  for (const [words, message] of [
    [
      ['--mean', '0.485,0.456,0.406'],
      /in units of 0…255 for --mean .* That would be 123\.675,116\.28,103\.53/,
    ],
    [['--std', '1,2'], /three numbers for --std but received "1,2"/],
    [['--verify', 'a.npy'], /two files, images and outputs, for --verify/],
  ] as const) {
    const all = ['import', kept, '--out', out, ...words];
    const program = await createProgram(all);
    await assert.rejects(program.parseAsync(all, { from: 'user' }), message);
  }
  assert.ok(!existsSync(out));
});

test('when a network takes bytes as Caffe’s do, then the mean is in the order of its channels, and nothing is divided', async () => {
  const out = path.join(folder, 'caffe');
  const pixels = ['--channels', 'bgr', '--mean', '104,117,123', '--std', '1,1,1'];
  const all = ['import', kept, '--out', out, ...pixels];
  const program = await createProgram(all);
  await program.parseAsync(all, { from: 'user' });
  const { preprocessing } = JSON.parse(await readFile(path.join(out, 'network.json'), 'utf8'));
  const { channels, mean, std } = preprocessing;
  assert.deepEqual(
    { channels, mean, std },
    { channels: 'bgr', mean: [104, 117, 123], std: [1, 1, 1] },
  );
});
