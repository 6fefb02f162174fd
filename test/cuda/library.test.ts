/** What a machine must have so that bobbin_cuda.so can be opened. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import { cudaLibrary, needsLibrary } from './built.js';

const readelf = (option: string) =>
  execFileSync('readelf', ['--wide', option, cudaLibrary], { encoding: 'utf8' });

test('when the library is loaded, then it does not need a library of CUDA', needsLibrary, () => {
  const needed = [...readelf('--dynamic').matchAll(/\(NEEDED\).*\[(\S+)\]/g)].map(
    ([, name = '']) => name,
  );
  assert.ok(needed.includes('libc.so.6'));
  assert.deepEqual(
    needed.filter((name) => /cuda|nvjpeg|nvrtc/.test(name)),
    [],
  );
});

test('when the library is loaded, then its stack cannot be executed', needsLibrary, () => {
  const [, flags] =
    readelf('--program-headers').match(/GNU_STACK(?:\s+0x\w+){5}\s+([RWE ]+)0x/) ?? [];
  assert.equal(flags?.trim(), 'RW');
});

/** The code in a library's containers, each a header and then entry behind entry, as nvcc 13.0 writes them. */
function codeIn(library: Buffer) {
  const found = new Set<string>();
  const magic = Buffer.from('50ed55ba', 'hex');
  for (let at = library.indexOf(magic); at >= 0; at = library.indexOf(magic, at + 1)) {
    const begin = at + library.readUInt16LE(at + 6);
    const end = begin + Number(library.readBigUInt64LE(at + 8));
    for (let entry = begin; entry < end; ) {
      const kind = library.readUInt16LE(entry) === 1 ? 'PTX' : 'cubin';
      found.add(`${kind} ${library.readUInt32LE(entry + 28)}`);
      entry += library.readUInt32LE(entry + 4) + Number(library.readBigUInt64LE(entry + 8));
    }
  }
  return [...found].sort();
}

test(
  'when a GPU is an A100, an H100 or newer, then the library has code for it',
  needsLibrary,
  () => {
    assert.deepEqual(codeIn(fs.readFileSync(cudaLibrary)), ['PTX 90', 'cubin 80', 'cubin 90']);
  },
);

test(
  'when its symbols are listed, then only the functions for the addon are exported',
  needsLibrary,
  () => {
    const defined = [
      ...readelf('--dyn-syms').matchAll(/(?:GLOBAL|WEAK|UNIQUE) +DEFAULT +\d+ (\S+)/g),
    ];
    assert.deepEqual(defined.map(([, name]) => name).sort(), [
      'bobbin_cuda_decoders',
      'bobbin_cuda_interface',
      'bobbin_cuda_open',
      'bobbin_cuda_status',
    ]);
  },
);
