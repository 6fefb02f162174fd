/** Names that only look alike: classes are told, and for an image that is not found the one that looks so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classFolder, prepared } from '../../support/prepared.js';

// Told by their codes: é as one letter and as two, a no-break space, a space without width, a full-width letter.
for (const [one, other, shown] of [
  ['Dress', 'dress', '"Dress" and "dress"'],
  ['caf\u00E9', 'cafe\u0301', '"cafe\\u{301}" and "caf\u00E9"'],
  ['hat', 'hat ', '"hat" and "hat "'],
  ['red hat', 'red\u00A0hat', '"red hat" and "red\\u{a0}hat"'],
  ['hat', 'h\u200Bat', '"hat" and "h\\u{200b}at"'],
  ['hat', '\uFF48at', '"hat" and "\uFF48at"'],
] as const) {
  test(`when classes are called ${shown} then a warning shows the difference`, async (t) => {
    const photos = { ...classFolder(one, 3), ...classFolder(other, 3), ...classFolder('z', 3) };
    const { manifest, summary } = await prepared(t, photos);
    assert.equal(manifest.tasks[0]?.classes.length, 3);
    assert.deepEqual(summary.warnings, [
      `1 pair of classes of shop-photos looks alike, ${shown}: give those that are the same one name.`,
    ]);
  });
}

const images = { 'images/caf\u00E9.jpg': 'a', 'images/ b.jpg': 'b', 'images/c.jpg': 'c' };

for (const [what, row, remedy] of [
  [
    'in another form of Unicode',
    'images/cafe\u0301.jpg',
    'There is "images/caf\u00E9.jpg", which only looks like it: write its name or rename it',
  ],
  [
    'with a space less',
    'images/b.jpg',
    'There is "images/ b.jpg", which only looks like it: write its name or rename it',
  ],
  [
    'in another case',
    'Images/c.jpg',
    'There is "images", which only looks like it: write its name or rename it',
  ],
  [
    'without its extension',
    'images/c',
    'There is "images/c.jpg": write names with their extensions',
  ],
  ['as on Windows', 'images\\c.jpg', 'Write / between the parts of paths, in place of \\'],
  ['that is nowhere', 'images/d.jpg', 'Restore the files or remove their rows'],
] as const) {
  test(`when a row has a name ${what} then the error says so`, async (t) => {
    await assert.rejects(
      prepared(t, { ...images, 'labels.csv': `path,label\n${row},hat\n` }),
      (error: Error) => {
        assert.ok(error.message.endsWith(`: ${row} (ENOENT). ${remedy}`), error.message);
        return true;
      },
    );
  });
}
