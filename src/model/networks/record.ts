/** The folder of an imported network: `network.json`, which holds the record below, and `weights.safetensors` beside it. */
import { isObject } from '../../disk/index.js';
import type { Graph } from '../../graph/index.js';
import type { Preprocessing } from '../../pipeline/index.js';

export interface NetworkRecord {
  format: 'bobbin-network';
  name: string;
  source: NetworkSource;
  /** What the weights were trained with. */
  preprocessing: Preprocessing;
  sides: Sides;
  /** The value, [batch, channels], that enters the head: a value of `graph`, or a layer of `layers`. */
  features: string;
  /** Names of the classes of its own head, in the order of its outputs, where the file has them. */
  labels?: string[];
  /** What a user should know: that the exporter folded normalisations, that the preprocessing is a guess. */
  notes: string[];
  /** The operations of a network from ONNX or from a tfjs graph model. */
  graph?: Graph;
  /** The topology of a layers model, from Keras or tfjs, as tfjs's `modelFromJSON` takes it. */
  layers?: object;
}

/** Sides of the input in pixels that a network takes: multiples of a number, or one side alone. */
export type Sides = { multipleOf: number } | { only: number };

export function isSides(value: unknown): value is Sides {
  const entries = isObject(value) ? Object.entries(value) : [];
  return (
    entries.length === 1 &&
    entries.every(
      ([key, side]) =>
        ['multipleOf', 'only'].includes(key) && Number.isInteger(side) && (side as number) >= 1,
    )
  );
}

/** Where a network came from, so that it can be found again. */
export interface NetworkSource {
  /** The name of the file without its folder, or `hf:OWNER/NAME/FILE`. */
  file: string;
  /** Of the file's bytes. */
  sha256: string;
  /** `onnx`, `keras`, `tfjs-layers`, `tfjs-graph`, … */
  format: string;
  /** The program that wrote the file, as the file says. */
  producer?: string;
  /** The commit of a hub's repository. */
  revision?: string;
}
