/** Tables of plain text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textTable } from '../../src/report/index.js';

test('when a table has wide characters, then its columns stay below each other', () => {
  assert.equal(
    textTable(
      ['a', 'n'],
      [
        ['帽子', '1'],
        ['b', '23'],
      ],
    ),
    ['a      n', '────  ──', '帽子   1', 'b     23'].join('\n'),
  );
});
