/** What loading weights takes: at most twice the file's length plus 64 MB, also for files made to take more. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as hdf5 from 'h5wasm';
import { bytesSource } from '../../../src/disk/index.js';
import { readTensors } from '../../../src/model/weights/index.js';
import { temporaryFolder } from '../../support/folders.js';
import { programOf } from '../../support/run-bobbin.js';

const skip = existsSync('/proc/self/clear_refs')
  ? false
  : 'this system has no /proc/self/clear_refs';

interface Measured {
  tensors?: number;
  error?: string;
  grown: number;
}

/** Loads each file in one process without other work. */
function measured(files: string[]): Measured[] {
  const node = ['--expose-gc', ...programOf('test/model/weights/measure-load.ts'), ...files];
  const output = execFileSync(process.execPath, node, { encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function safetensorsOf(header: string, values: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), values]);
}

/** The beginning of a legacy torch file: magic number, protocol, system. */
const legacyStart =
  '\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}X\r\0\0\0little_endian\x88s.\x80\x02';

/** An archive whose directory has `count` files, all in the same place. */
function zipOf(count: number): Buffer {
  const name = Buffer.from('x/data/000000');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const entries = Array.from({ length: count }, (_, index) => {
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(name.length, 28);
    return Buffer.concat([entry, Buffer.from(`x/data/${`${index}`.padStart(6, '0')}`)]);
  });
  const directory = Buffer.concat(entries);
  const start = local.length + name.length;
  // The end of a Zip64 archive, its locator, and the end that refers to them.
  const end = Buffer.alloc(56 + 20 + 22);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(start), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(start + directory.length), 64);
  end.writeUInt32LE(0x06054b50, 76);
  return Buffer.concat([local, name, directory, end]);
}

/** A `.weights.h5` file of one dataset, whose numbers are their places. */
async function hdf5Of(shape: [number, number]): Promise<Buffer> {
  const { FS } = await hdf5.ready;
  const file = new hdf5.File('/file.h5', 'w');
  const data = Float32Array.from({ length: shape[0] * shape[1] }, (_, place) => place);
  const layer = file.create_group('layers').create_group('dense');
  layer.create_group('vars').create_dataset({ name: '0', data, shape });
  file.close();
  return Buffer.from(FS.readFile('/file.h5'));
}

const halves = 10_000_000;
const half = { dtype: 'F16', shape: [halves], data_offsets: [0, 2 * halves] };
const tiny = (index: number) => `"${index}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`;

const files: Record<string, { bytes: Buffer; error?: RegExp }> = {
  'half.safetensors': {
    bytes: safetensorsOf(JSON.stringify({ half }), Buffer.alloc(2 * halves)),
  },
  'one.h5': { bytes: await hdf5Of([15_001, 1000]) },
  'many.safetensors': {
    bytes: safetensorsOf(
      `{${Array.from({ length: 150_000 }, (_, index) => tiny(index)).join()}}`,
      Buffer.alloc(0),
    ),
    error: /at most 50000 tensors/,
  },
  'dictionaries.pth': {
    bytes: Buffer.from(`${legacyStart}${'}'.repeat(7_000_000)}`, 'latin1'),
    error: /a pickle of at most 200000 objects/,
  },
  'values.pth': {
    bytes: Buffer.from(`${legacyStart}${'N'.repeat(7_000_000)}`, 'latin1'),
    error: /a pickle of at most 1000000 values/,
  },
  'memo.pth': {
    bytes: Buffer.from(
      `${legacyStart}N${Array.from({ length: 1_200_000 }, (_, i) => `r${String.fromCharCode(i & 255, (i >> 8) & 255, i >> 16, 0)}`).join('')}`,
      'latin1',
    ),
    error: /a pickle of at most 1000000 values/,
  },
  'entries.pth': { bytes: zipOf(60_000), error: /Missing one data\.pkl/ },
  'too-many.pth': { bytes: zipOf(100_001), error: /at most 100000 files in the archive/ },
  'objects.json': {
    bytes: Buffer.from(`{"a":[${'{},'.repeat(990_000)}{}]}`),
    error: /at most 200000 values in the JSON/,
  },
  'names.json': {
    bytes: Buffer.from(
      `{"weight_map":{${Array.from({ length: 190_000 }, (_, index) => `"${index}":1`).join()}}}`,
    ),
    error: /a plain file name for paths in .*names\.json but received 1/,
  },
};

test('when weights are loaded, then memory grows by at most twice the file and 64 MB, also if it is hostile', {
  skip,
}, () => {
  const folder = temporaryFolder();
  const names = Object.keys(files).map((name) => path.join(folder, name));
  const wanted = Object.values(files);
  for (const [index, name] of names.entries()) {
    writeFileSync(name, wanted[index]?.bytes as Buffer);
  }
  for (const [index, { error, grown }] of measured(names).entries()) {
    const { bytes, error: message } = wanted[index] as { bytes: Buffer; error?: RegExp };
    assert.match(error ?? '', message ?? /^$/);
    const most = 2 * bytes.length + 64e6;
    assert.ok(grown < most, `${names[index]}: ${grown} of ${most} bytes`);
  }
});

test('when a dataset of HDF5 is read in parts, then all of its values are there', async () => {
  const { bytes } = files['one.h5'] as { bytes: Buffer };
  const [tensor] = (await readTensors(bytesSource(bytes, 'one.h5'))).values();
  assert.deepEqual(tensor?.shape, [15_001, 1000]);
  assert.ok(tensor?.values.every((value, place) => value === place));
});
