/** Sealed JSON: its form, changes that the seal tells, and the places that errors name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSealed, parseJson, sealed } from '../../src/disk/json-file.js';

// printf '{"a":1,"b":"é"' | sha256sum
const hash = '2a7f113ccad439ba729d869679a13f4017056e358e5206120e79a23f75753d53';
const remedy = 'Write it again';
const open = (text: string | Buffer) => openSealed(Buffer.from(text as string), 'f.json', remedy);

test('when an object is sealed, then its last member is the SHA-256 of the bytes before it', () => {
  assert.equal(sealed({ a: 1, b: 'é' }), `{"a":1,"b":"é","sha256":"${hash}"}\n`);
  assert.deepEqual(open(sealed({ a: 1, b: 'é' })), { a: 1, b: 'é' });
});

test('when JSON has no seal, then it is read as it is', () => {
  assert.deepEqual(open('{ "a": [1] }'), { a: [1] });
});

test('when one byte of sealed JSON changes in any way, then it is refused, or its content is the same', () => {
  const whole = Buffer.from(sealed({ a: 1.25, b: 'text', c: [true, null] }));
  const content = open(whole);
  let refused = 0;
  for (let at = 0; at < whole.length; at++) {
    for (let value = 0; value < 256; value++) {
      const changed = Buffer.from(whole);
      changed[at] = value;
      let read: Record<string, unknown> | undefined;
      try {
        read = openSealed(changed, 'f.json', remedy);
      } catch (error) {
        assert.match((error as Error).message, /f\.json.*Write it again$/s);
        refused++;
      }
      // A changed name of the seal leaves JSON without one.
      const { a, b, c } = read ?? content;
      assert.deepEqual({ a, b, c }, content);
    }
  }
  assert.ok(refused > 256 * (whole.length - 10), `${refused} changes refused`);
});

test('when text is not JSON, then file, line, column and the text around are named', () => {
  const wrong: [string, RegExp][] = [
    ['{"a": 1,\n "b" 2}', /^Expected JSON for f\.json:2:6 but received .*\. Colon expected/],
    ['{"a": [1, 2', /^Expected JSON for f\.json:1:12 .*Close bracket expected/],
    ['', /^Expected JSON for f\.json:1:1 but received ""\. Value expected/],
    ['{"a": 1} // x', /^Expected JSON for f\.json:1:10 .*Invalid comment token/],
    [`${' '.repeat(99)}"a" 1`, /^Expected JSON for f\.json:1:104 but received "\\"a\\" 1"/],
    ['['.repeat(1e6), /^Expected JSON for f\.json but received "\[\[/],
  ];
  for (const [text, message] of wrong) {
    assert.throws(() => parseJson(text, 'f.json'), { name: 'InvalidInputError', message }, text);
  }
  assert.throws(() => open('[1]'), /^InvalidInputError: Expected a JSON object for f\.json but/);
});
