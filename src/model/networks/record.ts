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

/** Sides of the input in pixels that a network takes: multiples of a number, or one side alone, perhaps with what fixes it. */
export type Sides = { multipleOf: number } | { only: number; fixedBy?: string };

export function isSides(value: unknown): value is Sides {
  if (!isObject(value)) {
    return false;
  }
  const { fixedBy, ...rest } = value;
  const [[key, side] = [], ...others] = Object.entries(rest);
  return (
    others.length === 0 &&
    (key === 'only' || (key === 'multipleOf' && fixedBy === undefined)) &&
    ['string', 'undefined'].includes(typeof fixedBy) &&
    Number.isInteger(side) &&
    (side as number) >= 1
  );
}

/** `224, the only side that vit takes, since the weight … fits no other,` */
export const onlySide = (
  { only, fixedBy }: { only: number; fixedBy?: string },
  name: string,
): string =>
  `${only}, the only side that ${name} takes${fixedBy === undefined ? '' : `, since ${fixedBy} fits no other`},`;

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
