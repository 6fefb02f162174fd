/** A submission passes only in a form that every common reader reads: files as Python, Excel and other programs write them. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { ZipFile } from 'yazl';
import { verifySubmission } from '../../src/submission/index.js';
import { lines, tasks, workplace } from '../support/submission.js';

const table = Buffer.from(`${lines.join('\n')}\n`);
const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'submission');

/** What `verify` says of a file with this content. */
async function verified(t: TestContext, content: Buffer): Promise<string[]> {
  const { folder, questionCsv } = await workplace(t);
  const file = path.join(folder, 'given');
  writeFileSync(file, content);
  const { problems } = await verifySubmission(file, [questionCsv], tasks);
  return problems.map(({ message }) => message);
}

test('when Python wrote the archive, then verify passes what Python reads, and refuses what it refuses', async (t) => {
  const wanted: Record<string, RegExp | undefined> = {
    'deflated.zip': undefined,
    'stored.zip': undefined,
    'streamed.zip': undefined,
    'prefixed.zip': /first in the archive|extra bytes|nothing|invalid/i,
    'commented.zip': /nothing after the directory/,
    'lzma.zip': /compression method 14/,
    'encrypted.zip': /without a password but it is encrypted/,
    'folder.zip': /received "out\/submission\.csv"/,
    'twice.zip': /received 2 entries/,
    'link.zip': /is a link or device/,
    'checksum.zip': /expected the checksum [0-9a-f]{8} but the content has [0-9a-f]{8}/,
    'renamed.zip': /expected the header of submission\.csv first/,
    'trailing.zip': /comment length|nothing after/i,
    'gap.zip': /no bytes between/,
    'zip64.zip': /zip64/,
    'short.zip': /too many bytes|not enough bytes/i,
  };
  for (const [name, problem] of Object.entries(wanted)) {
    const messages = await verified(t, readFileSync(path.join(fixtures, name)));
    if (problem === undefined) {
      assert.deepEqual(messages, [], name);
    } else {
      assert.match(messages[0] ?? 'passed', problem, name);
    }
  }
});

test('when a table has another encoding, odd line ends or blank lines, then verify says so', async (t) => {
  const text = table.toString();
  const windows = text.replaceAll('\n', '\r\n');
  const cases: [content: Buffer, problem: RegExp | undefined][] = [
    [table, undefined],
    [Buffer.from(text.trimEnd()), undefined],
    [Buffer.from(windows), undefined],
    [Buffer.of(), /the file is empty/],
    [Buffer.from(`\ufeff${text}`), /begins with a byte order mark/],
    [Buffer.from(`\ufeff${text}`, 'utf16le'), /received UTF-16/],
    [Buffer.from(text, 'utf16le'), /received UTF-16/],
    [Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), /received UTF-16/],
    [Buffer.from(text.replace('n/1', 'né/1'), 'latin1'), /expected UTF-8 but line 1 or later/],
    [Buffer.from(text.replaceAll('\n', '\r')), /line 1 ends with a carriage return alone/],
    [Buffer.from(text.trimEnd().replaceAll('\n', '\r\n').concat('\r')), /line 3 ends with/],
    [Buffer.from(text.replace('c/1', 'c\0/1')), /line 2 has the character "\\u0000"/],
    [Buffer.from(`${text}\n`), /without blank lines at the end/],
    [Buffer.from(`${windows}\r\n`), /without blank lines at the end/],
    [Buffer.from(`\n${text}`), /without blank lines/],
  ];
  for (const [content, problem] of cases) {
    const messages = await verified(t, content);
    if (problem === undefined) {
      assert.deepEqual(messages, []);
    } else {
      assert.match(messages[0] ?? 'passed', problem);
    }
  }
});

test('when a number has another form, then verify refuses it', async (t) => {
  const forms = [
    '1',
    '1e0',
    '1.0e+0',
    '+1.00000000',
    ' 1.00000000',
    '1.00000000 ',
    '-0.00000000',
    '01.0000000',
    '.10000000',
    '0x1.0000000',
    'Infinity',
    'NaN',
    '',
    '1,00000000',
    '１.00000000',
    '1.000000000',
    '2.00000000',
  ];
  for (const form of forms) {
    const row = lines[0]?.replace('1.00000000', form) as string;
    const messages = await verified(t, Buffer.from([row, ...lines.slice(1), ''].join('\n')));
    assert.match(
      messages[0] ?? 'passed',
      /^Images\/n\/1\.jpg of neck_design_labels: expected a number|received 4 fields/,
      form,
    );
  }
});

test('when a character or a line end is cut in two by the pieces of a file, then the table passes', async (t) => {
  const { folder, questionCsv } = await workplace(t);
  const asked = Array.from(
    { length: 4000 },
    (_, index) => `${'é'.repeat(20)}${index}.jpg,neck_design_labels`,
  );
  writeFileSync(questionCsv, asked.map((row) => `${row},?\n`).join(''));
  const rows = asked.map((row) => `${row},1.00000000;0.00000000\r\n`).join('');
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(rows), 'submission.csv');
  zip.end();
  mkdirSync(path.join(folder, 'out'));
  for (const content of [Buffer.from(rows), await buffer(zip.outputStream)]) {
    const file = path.join(folder, 'out', 'given');
    writeFileSync(file, content);
    assert.deepEqual(await verifySubmission(file, [questionCsv], tasks), {
      rows: 4000,
      problems: [],
      more: 0,
    });
  }
});
