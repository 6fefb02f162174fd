/** Compares docs/faults.md with the tests that it names. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const docs = path.join(import.meta.dirname, '../../docs');
const page = readFileSync(path.join(docs, 'faults.md'), 'utf8');

/** Titles may be made from a template: `${signal}` stands for any word. */
function hasTitle(source: string, title: string): boolean {
  const titles = [...source.matchAll(/\btest\(\s*(['"`])(.*?)\1,/gs)].map(([, , found]) => {
    const words = (found as string)
      .split(/\$\{[^}]*\}/)
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${words.join('.+')}$`);
  });
  return titles.some((pattern) => pattern.test(title));
}

test('when docs/faults.md promises something, then a test of that name holds it', () => {
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (---|when …)/.test(line));
  assert.ok(rows.length > 0);
  for (const row of rows) {
    const [, title, file] = /\[(when [^\]]+)\]\((\.\.\/test\/[^)]+)\) *\|$/.exec(row) ?? [];
    assert.ok(title !== undefined && file !== undefined, `no test at the end of: ${row}`);
    assert.ok(hasTitle(readFileSync(path.join(docs, file), 'utf8'), title), `${file}: ${title}`);
  }
});
