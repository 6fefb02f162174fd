/** Where a CSV file's fields stand, to the character. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { type CsvRecord, parseCsv } from '../../../src/dataset/files/csv.js';

async function parsed(text: string): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of parseCsv(Readable.from([Buffer.from(text)]), 'a.csv')) {
    records.push(record);
  }
  return records;
}

test('when a file has a byte order mark, blank lines and both line ends then places stay right', async () => {
  const [first, second, third] = await parsed('\ufeffa,bc,d\r\n\r\n"x,""y",two,3\nlast,é,z');
  assert.deepEqual(first?.fields, ['a', 'bc', 'd']);
  assert.deepEqual(
    [0, 1, 2].map((field) => first?.at(field)),
    ['a.csv:1:1', 'a.csv:1:3', 'a.csv:1:6'],
  );
  assert.deepEqual(second?.fields, ['x,"y', 'two', '3']);
  assert.deepEqual(
    [0, 1, 2].map((field) => second?.at(field)),
    ['a.csv:3:2', 'a.csv:3:9', 'a.csv:3:13'],
  );
  assert.equal(third?.at(2, 0), 'a.csv:4:8');
  assert.equal(third?.at(0, 3), 'a.csv:4:4');
});

test('when lines end with a carriage return alone then their places are right, too', async () => {
  const [, second, third] = await parsed('a,b\rc,d\r\re,f');
  assert.deepEqual([second?.fields, second?.at(1)], [['c', 'd'], 'a.csv:2:3']);
  assert.deepEqual([third?.fields, third?.at(0)], [['e', 'f'], 'a.csv:4:1']);
});

test('when a quote is not closed then the error names file and line', async () => {
  await assert.rejects(parsed('a,b\nc,"d\n'), /^InvalidInputError: a\.csv:2.*Quote Not Closed/);
});

test('when a line never ends then reading stops instead of filling the memory', async () => {
  await assert.rejects(parsed(`a,b\n${'x'.repeat(70_000)}`), /a\.csv:2.*Max Record Size/);
});

test('when spaces around fields are dropped then those in quotes stay, and places are of the text', async () => {
  const records: CsvRecord[] = [];
  const source = Readable.from([Buffer.from(' a ,  "b c" ,"  d"\n')]);
  for await (const record of parseCsv(source, 'a.csv', { trim: true })) {
    records.push(record);
  }
  assert.deepEqual(records[0]?.fields, ['a', 'b c', '  d']);
  assert.deepEqual(
    [0, 1, 2].map((field) => records[0]?.at(field)),
    ['a.csv:1:2', 'a.csv:1:8', 'a.csv:1:15'],
  );
});
