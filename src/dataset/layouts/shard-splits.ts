/** Reads the splits of shards and Parquet files from their names, such as `train-00001.tar` or `val/00001.tar`. */
import type { Split } from '../types.js';
import { leftOut, splitNames } from './names.js';

/** Files with the split that their names give them; `given` is undefined where the names give none. */
export interface SplitFiles {
  files: { file: string; given?: Split }[];
  warnings: string[];
}

/**
 * Reads each file's split from the innermost part of its path that names one. The names count only where there are files for
 * both splits; files of other names, and of a second validation split, are then left out with a warning.
 */
export function splitByName(files: readonly string[]): SplitFiles {
  const words = files.map((file) => ({ file, word: splitWordIn(file) }));
  const has = (name: string) => words.some(({ word }) => word === name);
  const validation = splitNames.validation.find(has);
  const train = splitNames.train.find(has);
  if (train === undefined || validation === undefined) {
    return { files: files.map((file) => ({ file })), warnings: [] };
  }
  const kept: SplitFiles['files'] = [];
  const left: string[] = [];
  for (const { file, word = '' } of words) {
    if (splitNames.train.includes(word)) {
      kept.push({ file, given: 'train' });
    } else if (word === validation) {
      kept.push({ file, given: 'validation' });
    } else {
      left.push(file);
    }
  }
  const split = `${train} and ${validation} are the split that is used`;
  const [one, many] = ['shard is', 'shards are'].map((each) => `${each} left out, for ${split}`);
  return { files: kept, warnings: leftOut(left, one as string, many as string) };
}

/** Warnings drawn from shard names: mixed splits, missing parts. */
export function shardWarnings(files: SplitFiles['files']): string[] {
  const warnings: string[] = [];
  const words = [...new Set(files.map(({ file }) => splitWordIn(file) ?? 'no split'))];
  if (words.length > 1 && files.every(({ given }) => given === undefined)) {
    const why = 'their names do not give both a training and a validation split';
    warnings.push(`Shards of ${words.join(' and ')} are read together: ${why}.`);
  }
  return [...warnings, ...missingParts(files.map(({ file }) => file))];
}

/** The parts of one set of shards, `NAME-00000-of-00003` and so on. */
interface ShardSet {
  name: string;
  /** Digits of a part's number. */
  digits: number;
  total: string;
  parts: Set<number>;
}

/** A warning for each set of shards that is not complete. */
function missingParts(files: readonly string[]): string[] {
  const sets = new Map<string, ShardSet>();
  for (const file of files) {
    const [, name, part, total] = /^(.*)-(\d+)-of-(\d+)[.-]/.exec(file) ?? [];
    if (name === undefined || part === undefined || total === undefined) {
      continue;
    }
    const key = `${name} ${total}`;
    const set = sets.get(key) ?? { name, digits: part.length, total, parts: new Set() };
    set.parts.add(Number(part));
    sets.set(key, set);
  }
  return [...sets.values()].flatMap(missingPart);
}

function missingPart({ name, digits, total, parts }: ShardSet): string[] {
  const missing = Number(total) - parts.size;
  if (missing <= 0) {
    return [];
  }
  // Parts are numbered from 0, or from 1 where there is a part of the last number.
  let first = parts.has(Number(total)) ? 1 : 0;
  while (parts.has(first)) {
    first++;
  }
  const part = `${first}`.padStart(digits, '0');
  return [
    `${missing} of ${Number(total)} shards ${missing === 1 ? 'is' : 'are'} missing; the first is ${name}-${part}-of-${total}.`,
  ];
}

function splitWordIn(file: string): string | undefined {
  for (const part of file.split('/').reverse()) {
    const words = part.toLowerCase().split(/[^a-z]+/);
    const word = Object.values(splitNames)
      .flat()
      .find((name) => words.includes(name));
    if (word !== undefined) {
      return word;
    }
  }
  return undefined;
}
