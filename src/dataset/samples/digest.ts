/** A digest of samples, by which two lists of the same images with the same labels are told. */
import { sha256OfPieces, textPieces } from '../../disk/index.js';
import type { Samples } from '../types.js';
import { SampleTable } from './sample-table.js';

/** The SHA-256 of the hashes and labels of all samples, in their order. */
export const digestOf = (samples: Samples): string =>
  sha256OfPieces(textPieces(identities(samples)));

function* identities(samples: Samples): Generator<string> {
  if (samples instanceof SampleTable) {
    // There may be millions, of which no object is made.
    for (let index = 0; index < samples.length; index++) {
      yield identity(samples.hash(index), samples.label(index), samples.labels(index));
    }
    return;
  }
  for (const { hash, label, labels } of samples) {
    yield identity(hash, label, labels);
  }
}

const identity = (hash: string, label: number, labels?: readonly number[] | Uint32Array): string =>
  `${hash} ${labels === undefined ? label : `[${labels.join()}]`}\n`;
