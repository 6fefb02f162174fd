/** docs/Dockerfile holds what `npm run test:chroot` can do, and what docs/install.md says of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readDockerfile } from './dockerfile.js';

const root = path.resolve(import.meta.dirname, '../..');

test('when docs/Dockerfile is read, then every instruction is understood, and its user has no rights', () => {
  const instructions = readDockerfile(readFileSync(path.join(root, 'docs/Dockerfile'), 'utf8'));
  const kinds = instructions.map(({ kind }) => kind);
  assert.deepEqual([kinds[0], kinds.at(-1)], ['FROM', 'CMD']);
  const users = instructions.flatMap((each) => (each.kind === 'USER' ? [each.name] : []));
  assert.deepEqual(users, ['node']);
});

test('when a Dockerfile is read, then lines are joined, comments left out, and each instruction has its parts', () => {
  const text = [
    'FROM node:22-slim AS built',
    '# a comment',
    'ENV A=1 B=$A:x',
    'RUN one \\',
    '  # in between',
    '  && two',
    'COPY --from=built a b /to/',
    'CMD ["node", "main.mjs"]',
  ].join('\n');
  assert.deepEqual(readDockerfile(text), [
    { line: 1, kind: 'FROM', image: 'node:22-slim', stage: 'built' },
    {
      line: 3,
      kind: 'ENV',
      values: [
        ['A', '1'],
        ['B', '$A:x'],
      ],
    },
    { line: 4, kind: 'RUN', command: 'one && two' },
    { line: 7, kind: 'COPY', from: 'built', sources: ['a', 'b'], target: '/to/' },
    { line: 8, kind: 'CMD', words: ['node', 'main.mjs'] },
  ]);
});

for (const line of [
  'ENTRYPOINT ["node"]',
  'COPY --chown=node a b',
  'CMD node',
  'ENV A 1',
  'ADD a b',
]) {
  test(`when a Dockerfile has \`${line}\`, then it is refused with its line`, () => {
    assert.throws(() => readDockerfile(`\n${line}`), /^Error: docs\/Dockerfile:2: `/);
  });
}
