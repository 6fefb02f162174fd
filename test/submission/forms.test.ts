/** Submissions of other forms than FashionAI's: how they are written, what `verify` finds in them, and what asks for them. */
import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { loadManifest, prepare, questionFilesOf, resolveSample } from '../../src/dataset/index.js';
import {
  answerQuestions,
  readForm,
  type SubmissionForm,
  submissionForms,
  verifySubmission,
  writeSubmission,
} from '../../src/submission/index.js';
import { temporaryFolder } from '../support/folders.js';
import { drawPhotos } from '../support/photos.js';
import { manifest as both, prediction } from '../support/submission.js';

const classes = ['a', 'b, with "quotes"', 'c'];
const manifest = {
  ...both,
  tasks: [{ name: 'shape', classes }] as typeof both.tasks,
  questions: ['7', '5'].map((id) => ({ path: id, task: 'shape', file: `${id}.jpg` })),
};
const answers = new Map([
  ['shape', prediction({ '5.jpg': [0.25, 0.5, 0.25], '7.jpg': [0.5, 0.25, 0.25] })],
]);

/** The submission of `form`, and the table that asks for it. */
async function written(t: Parameters<typeof temporaryFolder>[0], form: SubmissionForm) {
  const folder = temporaryFolder(t);
  const asking = path.join(folder, 'sample_submission.csv');
  await writeFile(asking, 'id,label\n7,x\n5,x\n');
  const { csv, zip } = await writeSubmission({ manifest, answers, out: folder, form });
  const verify = (file: string) => verifySubmission(file, [asking], manifest.tasks, form);
  return { folder, csv, zip, verify, text: await readFile(csv, 'utf8') };
}

const goldenTables: [form: keyof typeof submissionForms, table: string][] = [
  ['kaggle-classes', 'id,label\n7,a\n5,"b, with ""quotes"""\n'],
  [
    'kaggle-probabilities',
    'id,a,"b, with ""quotes""",c\n7,0.50000000,0.25000000,0.25000000\n5,0.25000000,0.50000000,0.25000000\n',
  ],
  [
    'fashionai',
    '7,shape,0.50000000;0.25000000;0.25000000\n5,shape,0.25000000;0.50000000;0.25000000\n',
  ],
];

for (const [name, table] of goldenTables) {
  test(`when answers are written as ${name}, then the table is as its competitions describe it, and is valid`, async (t) => {
    const { csv, zip, text, verify } = await written(t, submissionForms[name]);
    assert.equal(text, table);
    for (const file of [csv, zip]) {
      assert.deepEqual(await verify(file), { rows: 2, problems: [], more: 0 });
    }
  });
}

test('when a form of a file has a semicolon and three decimals, then the table has them too', async (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'form.json');
  const columns = [
    { value: 'probability' },
    { value: 'task', name: 'task' },
    { value: 'image', name: 'photo;id' },
  ];
  const own = {
    table: 'answers.csv',
    archive: 'answers.zip',
    separator: ';',
    decimals: 3,
    columns,
  };
  await writeFile(file, JSON.stringify(own));
  const form = await readForm(file);
  const { csv, text, verify } = await written(t, form);
  assert.equal(path.basename(csv), 'answers.csv');
  assert.equal(
    text,
    'a;"b, with ""quotes""";c;task;"photo;id"\n0.500;0.250;0.250;shape;7\n0.250;0.500;0.250;shape;5\n',
  );
  assert.deepEqual((await verify(csv)).problems, []);
});

type Fault = [
  what: string,
  form: keyof typeof submissionForms,
  change: (table: string) => string,
  place: [line: number | undefined, column: number | undefined],
  message: RegExp,
];
const faults: Fault[] = [
  [
    'has an unknown class',
    'kaggle-classes',
    (table) => table.replace('7,a', '7,z'),
    [2, 3],
    /^7 of shape: expected one of a, .* but received "z"$/,
  ],
  [
    'has another header',
    'kaggle-classes',
    (table) => table.replace('id,label', 'id,class'),
    [1, 4],
    /^expected the header id,label but received id,class$/,
  ],
  [
    'has no header',
    'kaggle-classes',
    (table) => table.replace('id,label\n', ''),
    [1, 1],
    /^expected the header id,label but received 7,a$/,
  ],
  [
    'has an odd number',
    'kaggle-probabilities',
    (table) => table.replace('7,0.50000000,0.25000000', '7,0.50000000,.25'),
    [2, 14],
    /8 decimals for class 1 .* but received "\.25"$/,
  ],
  [
    'has a row that no question asks for',
    'kaggle-probabilities',
    (table) => `${table}9,1.00000000,0.00000000,0.00000000\n`,
    [4, undefined],
    /^no question asks for 9 of shape$/,
  ],
  [
    'has an odd number in a list',
    'fashionai',
    (table) => table.replace('7,shape,0.50000000;0.25000000', '7,shape,0.50000000;nan'),
    [1, 20],
    /8 decimals for class 1 .* but received "nan"$/,
  ],
];

for (const [what, form, change, place, message] of faults) {
  test(`when a table of ${form} ${what}, then verify names line and column`, async (t) => {
    const { folder, text, verify } = await written(t, submissionForms[form]);
    const file = path.join(folder, 'changed.csv');
    await writeFile(file, change(text));
    const { problems } = await verify(file);
    const [first] = problems;
    assert.deepEqual([first?.line, first?.column], place, JSON.stringify(problems));
    assert.match(first?.message ?? '', message);
  });
}

test('when a form without a column task is to answer two tasks, then it is refused before anything is written', async (t) => {
  const out = path.join(temporaryFolder(t), 'out');
  const form = submissionForms['kaggle-classes'];
  const message =
    /The form of the submission cannot be combined with the tasks .*\. It has no column task$/;
  await assert.rejects(writeSubmission({ manifest: both, answers: new Map(), out, form }), message);
  const answer = () => assert.fail('the form was not checked before the first answer');
  await assert.rejects(answerQuestions({ manifest: both, out, form, answer }), message);
  await assert.rejects(readFile(path.join(out, 'submission.csv')), { code: 'ENOENT' });
});

test('when a sample submission asks, then a known form has the names of its columns, and a table of ids alone names the first', async (t) => {
  const sample = path.join(temporaryFolder(t), 'sample_submission.csv');
  const namesOf = async (form: string, text: string) => {
    await writeFile(sample, text);
    return (await readForm(form, sample)).columns.map(({ name }) => name);
  };
  const two = 'image_id,category\n7,x\n';
  assert.deepEqual(await namesOf('kaggle-classes', two), ['image_id', 'category']);
  assert.deepEqual(await namesOf('kaggle-classes', 'image_id\n7\n'), ['image_id', 'label']);
  assert.deepEqual(await namesOf('kaggle-classes', '7.jpg,shape,?\n'), ['id', 'label']);
  assert.deepEqual(await namesOf('kaggle-probabilities', two), ['image_id', undefined]);
  assert.deepEqual(await namesOf('fashionai', two), [undefined, undefined, undefined]);
});

const image = { value: 'image', name: 'id' };
const task = { value: 'task', name: 'task' };
const answer = { value: 'class', name: 'label' };
const oddForms: [form: unknown, message: RegExp][] = [
  [[], /Expected an object of options for .*form\.json/],
  [{}, /Missing a list of columns for columns in .*form\.json/],
  [{ columns: [image] }, /one column of class, probabilities, probability for columns/],
  [
    { columns: [answer, image, { ...image, name: 'other' }] },
    /one column image for columns in .*form\.json/,
  ],
  [
    { columns: [image, task, { ...task, name: 'other' }, answer] },
    /one column task for value of columns\[2\] in .*form\.json/,
  ],
  [
    { columns: [image, { ...answer, name: 'id' }] },
    /a name that no other column has for name of columns\[1\] in .*form\.json but received "id"/,
  ],
  [{ columns: [image, { value: 'klass' }] }, /one of image, task, .* for value of columns\[1\]/],
  [{ columns: [image, { value: 'class' }] }, /Missing the name of the column for name of columns/],
  [{ header: false, columns: [image, answer] }, /no name, since .* for name of columns\[0\]/],
  [{ table: '../x.csv', columns: [image, answer] }, /the name of a file for table/],
  [{ decimals: 0, columns: [image, answer] }, /an integer from 1 to 16 for decimals/],
  [{ seperator: ';', columns: [image, answer] }, /Did you mean separator/],
];

test('when a file holds no form, then the key at fault is named', async (t) => {
  const file = path.join(temporaryFolder(t), 'form.json');
  for (const [form, message] of oddForms) {
    await writeFile(file, JSON.stringify(form));
    await assert.rejects(readForm(file), message);
  }
  await assert.rejects(readForm('kagle-classes'), /Did you mean kaggle-classes\?$/);
});

test('when a table of ids asks, then its questions are joined to images by their names', async (t) => {
  const folder = temporaryFolder(t);
  const at = (...parts: string[]) => path.join(folder, ...parts);
  await drawPhotos(at('drawn'), { training: 4, validation: 0 });
  for (const place of ['photos/red', 'photos/blue', 'test/more']) {
    await mkdir(at(place), { recursive: true });
  }
  const copy = async (from: string, to: string) =>
    await writeFile(at(to), await readFile(at('drawn', from)));
  for (const [index, place] of ['red', 'red', 'blue', 'blue'].entries()) {
    await copy(`${index % 2}-${index >> 1}.jpg`, `photos/${place}/${index}.jpg`);
  }
  await copy('0-0.jpg', 'test/1.jpg');
  await copy('1-0.jpg', 'test/more/2.jpg');
  await copy('0-1.jpg', 'test/more/1.jpg');
  const asking = at('sample.csv');
  const ask = async (...ids: string[]) => {
    await writeFile(asking, ['id,label', ...ids.map((id) => `${id},x`), ''].join('\n'));
    const request = { out: at('data'), questions: asking, questionImages: at('test') };
    return (await prepare(at('photos'), request)).manifest;
  };
  const asked = await ask('2', 'more/1', '1.jpg');
  const { questions, questionFile } = asked;
  assert.deepEqual(
    questions.map(({ path: id, file }) => [id, file]),
    [
      ['2', '../test/more/2.jpg'],
      ['more/1', '../test/more/1.jpg'],
      ['1.jpg', '../test/1.jpg'],
    ],
  );
  assert.equal(questionFile, '../sample.csv');
  await assert.rejects(
    questionFilesOf({ ...asked, questionFile: at('moved.csv') }),
    /an existing file for the questions of the data set but received ".*moved\.csv"/,
  );
  // Photos, questions and data move together.
  const other = temporaryFolder(t);
  await cp(folder, other, { recursive: true });
  const moved = await loadManifest(path.join(other, 'data'));
  const [first] = moved.questions;
  assert.equal(resolveSample(moved, first?.file as string), path.join(other, 'test/more/2.jpg'));
  assert.deepEqual(await questionFilesOf(moved), [path.join(other, 'sample.csv')]);
  await assert.rejects(ask('1'), /sample\.csv:2.*"1: 1\.jpg and more\/1\.jpg"/);
  await assert.rejects(
    ask('2', '3'),
    /Missing an image in .*test that is called 3 for .*sample\.csv:3/,
  );
  await assert.rejects(ask('2', '2'), /an id that is not already at .*sample\.csv:2/);
  await writeFile(asking, 'more/2.jpg,shape,?\n');
  const request = { out: at('data'), questions: asking, questionImages: at('test') };
  await assert.rejects(
    prepare(at('photos'), request),
    /a known task for .*sample\.csv:1 .*"shape"/,
  );
  await assert.rejects(ask(), /Missing a line of names and a row for each question/);
});
