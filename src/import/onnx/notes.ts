/** What a user should know of an imported ONNX graph. */
import type { GraphNode } from '../../graph/index.js';
import { count } from '../../plural.js';

/** torch.onnx gives such names to convolutions that it multiplied by a normalisation. */
const foldedName = /^onnx::Conv_\d+$/;

/** The operations of normalisations. */
const normalizations = /Normalization$/;

export const noHead = 'No head was found: the features are the output of the file';

interface Found {
  /** Of the head. */
  classes: number | undefined;
  /** Names of classes that the file gives. */
  labels: readonly string[] | undefined;
  /** Outputs of the file that the network leaves out. */
  others: readonly string[];
}

export function notesOn(nodes: readonly GraphNode[], { classes, labels, others }: Found): string[] {
  const notes: string[] = [];
  const folding = foldingNote(nodes);
  if (folding !== undefined) {
    notes.push(`${folding}: fine-tuning trains without them. scripts/export-timm.py keeps them`);
  }
  if (classes === undefined) {
    notes.push(noHead);
  } else if (labels !== undefined && labels.length !== classes) {
    const names = count(labels.length, 'name');
    notes.push(
      `The file has ${names} for ${count(classes, 'class', 'classes')}: they are left out`,
    );
  }
  if (others.length > 0) {
    notes.push(`Other outputs of the file are left out: ${others.join(', ')}`);
  }
  return notes;
}

function foldingNote(nodes: readonly GraphNode[]): string | undefined {
  const convolutions = nodes.filter(({ operation }) => operation === 'Conv');
  const folded = convolutions.filter(({ inputs }) => foldedName.test(inputs[1] ?? ''));
  if (folded.length > 0) {
    return `The exporter folded normalisations into ${count(folded.length, 'convolution')}`;
  }
  const hasBias = convolutions.some(({ inputs }) => (inputs[2] ?? '') !== '');
  const normalizes = nodes.some(({ operation }) => normalizations.test(operation));
  return hasBias && !normalizes
    ? 'The file has no normalisations. If the network has some, the exporter folded them'
    : undefined;
}
