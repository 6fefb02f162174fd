/** What bobbin_cuda.so needs of a machine before it can be opened there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { cudaLibrary, needsLibrary } from './built.js';

const readelf = (option: string) =>
  execFileSync('readelf', ['--wide', option, cudaLibrary], { encoding: 'utf8' });

test('when the library is loaded, then it asks for no library of CUDA', needsLibrary, () => {
  const needed = [...readelf('--dynamic').matchAll(/\(NEEDED\).*\[(\S+)\]/g)].map(
    ([, name]) => name,
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

test(
  'when others look for its functions, then only the addon’s doors are there',
  needsLibrary,
  () => {
    const defined = [
      ...readelf('--dyn-syms').matchAll(/(?:GLOBAL|WEAK|UNIQUE) +DEFAULT +\d+ (\S+)/g),
    ];
    assert.deepEqual(defined.map(([, name]) => name).sort(), [
      'bobbin_cuda_interface',
      'bobbin_cuda_status',
    ]);
  },
);
