/** The benchmark of a program of tfjs-node that moves to Bobbin. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareMoves } from '../../bench/tfjs-node.js';
import { temporaryFolder } from '../support/folders.js';
import { writePictures } from '../support/pictures.js';

test('when the ways to train are compared, then each has its images a second', async (t) => {
  const samples = await writePictures(temporaryFolder(t), { count: 8, width: 160, height: 130 });
  const print = t.mock.method(console, 'log', () => {});
  await compareMoves(
    samples.map(({ path }) => path),
    1,
  );
  const [table] = print.mock.calls.map(({ arguments: [text] }) => String(text));
  const names = ['as with tfjs-node', "1: Bobbin's loader", "2: and Bobbin's fit"];
  for (const name of names) {
    assert.match(table as string, new RegExp(`^${name} +[1-9]\\d*$`, 'm'));
  }
});
