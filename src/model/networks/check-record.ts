/** Checks what a `network.json` holds, before anything is built of it. */
import { isObject } from '../../disk/index.js';
import { expected } from '../../errors.js';
import { checkGraph } from '../../graph/index.js';
import { checkPreprocessing } from '../../pipeline/index.js';
import { isSides } from './record.js';
import type { NetworkJson } from './save-network.js';

/**
 * @param remedy what to do about a damaged record, as a sentence
 * @throws InvalidInputError that names the first field which is not what an import writes
 */
export function checkRecord(
  json: Record<string, unknown>,
  file: string,
  remedy: string,
): asserts json is NetworkJson & Record<string, unknown> {
  const { format, name, source, preprocessing, sides, features, weightsSha256, graph } = json;
  if (format !== 'bobbin-network') {
    throw expected('"bobbin-network"', `format in ${file}`, format, remedy);
  }
  const origin = isObject(source) ? source : {};
  const texts = {
    name,
    features,
    'source.file': origin.file,
    'source.sha256': origin.sha256,
    'source.format': origin.format,
    weightsSha256,
  };
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value !== 'string' || value === '') {
      throw expected('text', `${key} in ${file}`, value, remedy);
    }
  }
  checkPreprocessing(preprocessing as NetworkJson['preprocessing'], `preprocessing in ${file}`);
  if (!isSides(sides)) {
    const wanted = 'multipleOf or only, an integer of at least 1,';
    throw expected(wanted, `sides in ${file}`, sides, remedy);
  }
  if (isObject(json.layers) === isObject(graph)) {
    const kinds = Object.keys(json).filter((key) => ['graph', 'layers'].includes(key));
    throw expected('either graph or layers', file, kinds, remedy);
  }
  if (isObject(graph)) {
    checkGraph(graph, `the graph in ${file}`, remedy);
  }
}
