/** A manifest as one JSON text, in the form of whatever program wrote it. */
import { expected } from '../../errors.js';
import type { Manifest } from '../types.js';
import { lists, ManifestContents, remedy } from './contents.js';

/**
 * The manifest in `text`, and whether it has the hash of a text that Bobbin wrote.
 *
 * @throws InvalidInputError naming the line that is not JSON, or the entry that does not fit.
 */
export function parseManifest(
  text: string,
  file: string,
): { manifest: Manifest; hasHash: boolean } {
  let place = file;
  const contents = new ManifestContents(() => place);
  const value = parse(text, file) as Record<string, unknown>;
  contents.addHead(value);
  for (const list of lists) {
    const entries = value[list];
    if (!Array.isArray(entries)) {
      throw expected('an array', `${list} in ${file}`, typeof entries, remedy);
    }
    for (const [index, entry] of entries.entries()) {
      place = `${list}[${index}] in ${file}`;
      contents.addTo(list, entry);
    }
  }
  return { manifest: contents.finish(), hasHash: 'sha256' in value };
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    // Where the message names no position, the text ends too early.
    const position = /at position (\d+)/.exec(message)?.[1] ?? text.length;
    const line = text.slice(0, Number(position)).split('\n').length;
    throw expected('JSON', `${file}:${line}`, message, remedy);
  }
}
