/** Where the network and the weights of a run are from, so that they can be found again. */
import { type Classifier, weightsSha256 } from '../model/index.js';
import type { NetworkOptions } from './settings.js';

/** A sentence for each file: what it gave, its name and its SHA-256, since the file may change. */
export async function originsOf(
  { network, imported }: Classifier,
  pretrained: NetworkOptions['pretrained'],
): Promise<string[]> {
  const origins: string[] = [];
  if (imported !== undefined) {
    const { file, sha256, revision } = imported.source;
    const commit = revision === undefined ? '' : `, revision ${revision}`;
    origins.push(`${network} was imported from ${file}${commit}, SHA-256 ${sha256}`);
  }
  const sha256 = await weightsSha256(pretrained);
  if (sha256 !== undefined) {
    origins.push(`The weights are from ${pretrained}, SHA-256 ${sha256}`);
  }
  return origins;
}
