/** The judge and pictures that have little colour. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { askPython, benchFolder } from '../../bench/measure.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPicture } from '../support/pictures.js';

const python = path.join(benchFolder, 'peers', 'bin', 'python');
const skip = existsSync(python) ? false : 'the peers are not installed';
const side = 60;

const coloured = (variant: number) => Float32Array.from(drawPicture(side, side, variant));
const grey = (variant: number) => coloured(variant).map((_, i, all) => all[i - (i % 3)] as number);
const white = () => new Float32Array(3 * side * side).fill(255);

/** The judge's answer for pictures of which every second one is half as bright. */
function judged(t: TestContext, plain: Float32Array[]): Record<string, number> {
  const folder = temporaryFolder(t);
  const write = (name: string, pictures: Float32Array[]) => {
    const file = path.join(folder, name);
    writeFileSync(
      file,
      Buffer.concat(pictures.map((p) => Buffer.from(p.map((v) => (v - 127) / 128).buffer))),
    );
    return file;
  };
  const changed = plain.map((picture, i) => picture.map((v) => v * (i % 2 === 0 ? 1 : 0.5)));
  const files = { plain: write('plain.f32', plain), pixels: write('pixels.f32', changed) };
  const request = { look: 'colour', shape: [side, side, 3], ...files };
  return askPython('check/judge.py', JSON.stringify(request));
}

test('when some photos are grey or white, then the coloured ones give the factors', {
  skip,
}, (t) => {
  const photos = Array.from({ length: 40 }, (_, i) => coloured(i));
  const others = Array.from({ length: 20 }, (_, i) => grey(i));
  const found = judged(t, [...photos, ...others, white(), white()]);
  const wanted = { brightness: 0.25, contrast: 0, saturation: 0, hue: 0, noise: 0 };
  for (const [name, value] of Object.entries(wanted)) {
    assert.ok(Math.abs((found[name] as number) - value) < 0.01, `${name}: ${found[name]}`);
  }
});

test('when all photos are grey, then the error asks for coloured ones', { skip }, (t) => {
  const photos = Array.from({ length: 40 }, (_, i) => grey(i));
  assert.throws(() => judged(t, photos), /Expected at least 32 coloured photos .* received 0/);
});
