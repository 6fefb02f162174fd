/** Widths of texts in columns, and texts shortened to a width. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textTable } from '../../src/report/index.js';
import { columnsOf, shorten } from '../../src/report/text-width.js';

test('when text is Chinese, Japanese, Korean or an emoji, then a character takes two columns, an accent none', () => {
  const widths = {
    abc: 3,
    帽子: 4,
    のり: 4,
    한국: 4,
    '👕': 2,
    '👩‍👩‍👧': 2,
    Röcke: 5,
    'e\u0301': 1,
    '': 0,
  };
  for (const [text, columns] of Object.entries(widths)) {
    assert.equal(columnsOf(text), columns, text);
  }
});

test('when text is too wide, then its ends remain, and no character is cut', () => {
  assert.equal(shorten('abcdefghij', 5), 'ab…ij');
  assert.equal(shorten('abc', 5), 'abc');
  assert.equal(shorten('帽子帽子', 7), '帽…子');
  assert.equal(shorten('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5), '👩‍👩‍👧…👩‍👩‍👧');
});

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
