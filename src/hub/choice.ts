/** Chooses the file of a repository that a caller wants, and what belongs to it. */
import path from 'node:path/posix';
import { expected } from '../errors.js';
import { nearest } from '../near-miss.js';
import type { HubReference } from './reference.js';

/** A network with its weights, or weights alone. */
export type Wants = 'network' | 'weights';

/** The files that are taken where none is named: the first one that the repository has. */
export const usualFiles: Record<Wants, readonly string[]> = {
  network: ['onnx/model.onnx', 'model.onnx'],
  weights: ['model.safetensors', 'model.safetensors.index.json', 'pytorch_model.bin'],
};

/**
 * The named file, or the usual one.
 *
 * @param files all of the repository
 * @throws InvalidInputError when the repository has no such file
 */
export function chooseFile(
  { repository, file: named }: HubReference,
  files: readonly string[],
  wants: Wants,
): string {
  const choices = named === undefined ? usualFiles[wants] : [named];
  const file = choices.find((each) => files.includes(each));
  if (file === undefined) {
    throw expected(choices.join(' or '), `hf:${repository}`, list(files), wayOut());
  }
  return file;

  function wayOut(): string {
    const near = named && nearest(named, files, (each) => each.toLowerCase());
    const name = near === undefined ? 'FILE' : near;
    return `Name a file of it: hf:${repository}/${name}`;
  }
}

const mostListed = 12;

/** What may be meant comes first; pictures, texts and vocabularies fill many repositories. */
function list(files: readonly string[]): string {
  const models = files.filter((each) =>
    /\.(onnx|safetensors|bin|pth|pt|h5|keras)$|model\.json$/.test(each),
  );
  const shown = models.length > 0 ? models : files;
  const rest = shown.length > mostListed ? ` and ${shown.length - mostListed} more` : '';
  return `${shown.slice(0, mostListed).join(', ')}${rest}`;
}

/** The files without which `file` cannot be read: an ONNX file's external data, the shards of an index or of a tfjs model. */
export function companionsOf(file: string, files: readonly string[]): string[] {
  const folder = path.dirname(file);
  const name = path.basename(file);
  const beside = files
    .filter((each) => path.dirname(each) === folder)
    .map((each) => path.basename(each));
  return beside.filter(isCompanion).map((each) => path.join(folder, each));

  function isCompanion(each: string): boolean {
    if (name.endsWith('.onnx')) {
      return (
        each === `${name}.data` ||
        (/^_data(_\d+)?$/.test(each.slice(name.length)) && each.startsWith(name))
      );
    }
    if (name.endsWith('.safetensors.index.json')) {
      const stem = name.slice(0, -'.safetensors.index.json'.length);
      return each.startsWith(`${stem}-`) && each.endsWith('.safetensors');
    }
    return name === 'model.json' && /^group\d+-shard\d+of\d+(\.bin)?$/.test(each);
  }
}

/** A configuration beside `file`, or that of the whole repository. */
export function configurationOf(
  name: string,
  file: string,
  files: readonly string[],
): string | undefined {
  return [path.join(path.dirname(file), name), name].find((each) => files.includes(each));
}
