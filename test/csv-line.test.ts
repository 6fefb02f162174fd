/** Lines of CSV: another reader finds the fields that were written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { csvLine } from '../src/csv-line.js';

test('when fields have commas, quotes or line ends then they are quoted, and read as they were', () => {
  const fields = ['plain', '', 'a, b', 'a "b"', 'two\nlines', 'one\r', ' spaces ', "it's; fine"];
  assert.deepEqual(parse(`${csvLine(fields)}\n`), [fields]);
  assert.equal(csvLine(['a', 'b c', 'd;e']), 'a,b c,d;e');
  assert.equal(csvLine(['a"b', 'c,d']), '"a""b","c,d"');
});
