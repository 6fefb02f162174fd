/** The manifest on disk: written whole, checked when it is read, and the samples and paths in it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '../atomic-file.js';
import { expected, InvalidInputError } from '../errors.js';
import { ifPresent } from '../if-present.js';
import type { ByteRange, ImageFile } from './image-file.js';
import type { Manifest, Sample, Split, Task } from './types.js';

const fileName = 'manifest.json';

/** Where a prepared folder keeps its manifest. */
export function manifestFile(folder: string): string {
  return path.join(folder, fileName);
}

/** Writes `folder/manifest.json`, whole or not at all. One sample or question a line, so that a diff can be read. */
export async function saveManifest(manifest: Manifest, folder: string): Promise<void> {
  const { version, root, seed, tasks, samples, questions } = manifest;
  const head = JSON.stringify({ version, root, seed }).slice(0, -1);
  const text = `${head},\n"tasks":${lines(tasks)},\n"samples":${lines(samples)},\n"questions":${lines(questions)}}\n`;
  await writeWhole(manifestFile(folder), text);
}

/**
 * Reads `folder/manifest.json`.
 *
 * @throws InvalidInputError where it is absent, is not JSON, has another version, or holds a sample or question that does not
 * fit its tasks.
 */
export async function loadManifest(folder: string): Promise<Manifest> {
  const file = manifestFile(folder);
  const text = await ifPresent(readFile(file, 'utf8'));
  if (text === undefined) {
    const remedy = `It has no ${fileName}: make one with \`npx bobbin prepare\``;
    throw expected('a prepared folder', 'data', folder, remedy);
  }
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  return checked(manifest, file);
}

/** A path that the manifest names, or a sample with one, made absolute. */
export function resolveSample(manifest: Manifest, file: string): string;
export function resolveSample<Image extends ImageFile>(manifest: Manifest, image: Image): Image;
export function resolveSample(manifest: Manifest, image: string | ImageFile): string | ImageFile {
  if (typeof image === 'string') {
    return path.resolve(manifest.root, image);
  }
  return { ...image, path: path.resolve(manifest.root, image.path) };
}

/**
 * The samples of one task in one split, in manifest order.
 *
 * @throws InvalidInputError for a task that the manifest does not have.
 */
export function samplesOf(manifest: Manifest, task: string, split: Split): Sample[] {
  if (!manifest.tasks.some(({ name }) => name === task)) {
    const names = manifest.tasks.map(({ name }) => name).join(', ');
    throw expected(`one of ${names}`, 'task', task);
  }
  return manifest.samples.filter((sample) => sample.task === task && sample.split === split);
}

function lines(entries: readonly unknown[]): string {
  return `[\n${entries.map((entry) => JSON.stringify(entry)).join(',\n')}\n]`;
}

/** Throws that the value called `name` should have been `what`. */
type Fail = (what: string, name: string, received: unknown) => never;

function checked(value: unknown, file: string): Manifest {
  const fail: Fail = (what, name, received) => {
    throw expected(what, `${name} in ${file}`, received, 'Run `npx bobbin prepare` again');
  };
  checkHead(value as Manifest | null, fail);
  const manifest = value as Manifest;
  const sizes = classCounts(manifest.tasks, fail);
  for (const [index, sample] of manifest.samples.entries()) {
    if (!isSample(sample, sizes)) {
      fail('a sample of a known task', `samples[${index}]`, sample);
    }
  }
  for (const [index, question] of manifest.questions.entries()) {
    const whole = typeof question?.path === 'string' && typeof question.file === 'string';
    if (!whole || !sizes.has(question.task)) {
      fail('a question of a known task', `questions[${index}]`, question);
    }
  }
  return manifest;
}

/** Checks all of a manifest but the entries of its lists. */
function checkHead(manifest: Manifest | null, fail: Fail): void {
  if (manifest?.version !== 1) {
    fail('1', 'version', manifest?.version);
  }
  const { root, seed, tasks, samples, questions } = manifest as Manifest;
  if (typeof root !== 'string' || !path.isAbsolute(root)) {
    fail('an absolute path', 'root', root);
  }
  if (!Number.isInteger(seed)) {
    fail('an integer', 'seed', seed);
  }
  for (const [name, list] of Object.entries({ tasks, samples, questions })) {
    if (!Array.isArray(list)) {
      fail('an array', name, typeof list);
    }
  }
}

/** How many classes each task has. */
function classCounts(tasks: readonly Task[], fail: Fail): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [index, task] of tasks.entries()) {
    const whole = typeof task?.name === 'string' && isArrayOf(task.classes, 'string');
    if (!whole) {
      fail('a name and class names', `tasks[${index}]`, task);
    }
    sizes.set(task.name, task.classes.length);
  }
  return sizes;
}

function isSample(sample: Sample | null, sizes: ReadonlyMap<string, number>): boolean {
  const classes = sizes.get(sample?.task ?? '') ?? 0;
  return (
    typeof sample?.path === 'string' &&
    isRange(sample.range) &&
    isStamp(sample) &&
    isClass(sample.label, classes) &&
    isArrayOf(sample.maybe, 'number') &&
    sample.maybe.every((label) => isClass(label, classes)) &&
    (sample.split === 'train' || sample.split === 'validation') &&
    /^[0-9a-f]{64}$/.test(sample.hash)
  );
}

function isRange(range: ByteRange | undefined): boolean {
  if (range === undefined) {
    return true;
  }
  const { offset, length } = range ?? {};
  return Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length > 0;
}

function isStamp({ size, modified }: Sample): boolean {
  const either = size ?? modified;
  return either === undefined || (Number.isSafeInteger(size) && Number.isSafeInteger(modified));
}

function isClass(label: number, classes: number): boolean {
  return Number.isInteger(label) && label >= 0 && label < classes;
}

function isArrayOf(value: unknown, type: 'string' | 'number'): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === type);
}
