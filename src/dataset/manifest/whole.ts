/** A manifest as one JSON text, in the form of whatever program wrote it. */
import { parseJson } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { lists, ManifestContents } from './contents.js';
import type { StoredManifest } from './root.js';

/**
 * The manifest in `text`, and whether it has the hash of a text that Bobbin wrote.
 *
 * @throws InvalidInputError naming the line that is not JSON, or the entry that does not fit.
 */
export function parseManifest(
  text: string,
  file: string,
  remedy: string,
): { manifest: StoredManifest; hasHash: boolean } {
  let place = file;
  const contents = new ManifestContents(() => place, remedy);
  const value = parseJson(text, file, remedy) as Record<string, unknown>;
  contents.addHead(value);
  for (const list of lists) {
    const entries = value[list];
    if (!Array.isArray(entries)) {
      throw expected('an array', `${list} in ${file}`, entries, remedy);
    }
    for (const [index, entry] of entries.entries()) {
      place = `${list}[${index}] in ${file}`;
      contents.addTo(list, entry);
    }
  }
  return { manifest: contents.finish(), hasHash: 'sha256' in value };
}
