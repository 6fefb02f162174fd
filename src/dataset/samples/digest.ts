/** Digests of samples, by which two lists of the same images with the same labels, or with the same boxes, are told. */
import { sha256OfPieces, textPieces } from '../../disk/index.js';
import type { Samples } from '../types.js';
import { SampleTable } from './sample-table.js';

/**
 * The SHA-256 of the hashes and labels of all samples, in their order.
 *
 * @param marks with the classes marked `m`, too; a sample without any has the same part in both
 */
export const digestOf = (samples: Samples, { marks = false } = {}): string =>
  sha256OfPieces(textPieces(identities(samples, marks)));

function* identities(samples: Samples, marks: boolean): Generator<string> {
  if (samples instanceof SampleTable) {
    // There may be millions, of which no object is made.
    for (let index = 0; index < samples.length; index++) {
      const marked = marks ? samples.maybe(index) : [];
      yield identity(samples.hash(index), samples.label(index), samples.labels(index), marked);
    }
    return;
  }
  for (const { hash, label, labels, maybe } of samples) {
    yield identity(hash, label, labels, marks ? maybe : []);
  }
}

/** The SHA-256 of the boxes of all samples, in their order; undefined where none has a box. */
export function digestOfBoxes(samples: Samples): string | undefined {
  const haveBoxes =
    samples instanceof SampleTable
      ? samples.haveBoxes
      : samples.some(({ box }) => box !== undefined);
  return haveBoxes ? sha256OfPieces(textPieces(boxesOf(samples))) : undefined;
}

function* boxesOf(samples: Samples): Generator<string> {
  for (let index = 0; index < samples.length; index++) {
    const box = samples instanceof SampleTable ? samples.box(index) : samples.at(index)?.box;
    yield `${box?.join(' ') ?? ''}\n`;
  }
}

function identity(
  hash: string,
  label: number,
  labels: readonly number[] | Uint32Array | undefined,
  marked: readonly number[],
): string {
  const doubtful = marked.length > 0 ? ` maybe ${marked.join()}` : '';
  return `${hash} ${labels === undefined ? label : `[${labels.join()}]`}${doubtful}\n`;
}
