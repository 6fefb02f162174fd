/** Nearest neighbours by the cosine of features: the most similar rows, and a classifier made of them. */
import { checkArguments, type ShapeOf } from '../arguments.js';
import { resolveOptions } from '../options.js';
import { tf } from '../tensorflow/index.js';
import {
  checkLabelled,
  checkRows,
  floats,
  type LabelledRows,
  labelledShape,
} from './labelled-rows.js';

/** Cosines that are in memory at once. */
const mostCosines = 2 ** 23;

interface Rows {
  /** [rows, columns] */
  rows: Float32Array;
  /** [queries, columns] */
  queries: Float32Array;
  columns: number;
  /** How many of the rows for each query. */
  count: number;
}

/** The rows most similar to queries. */
export interface Similar {
  /** [queries, count]: indices of rows, by falling cosine. */
  indices: Int32Array;
  /** [queries, count]: −1…1; 0 with a row of zeros. */
  cosines: Float32Array;
}

/** The `count` rows with the largest cosine to each query, at most all. The queries are compared block by block. */
export async function mostSimilar({ rows, queries, columns, count }: Rows): Promise<Similar> {
  const [size, asked] = [rows.length / columns, queries.length / columns];
  const k = Math.min(count, size);
  const indices = new Int32Array(asked * k);
  const cosines = new Float32Array(asked * k);
  const known = tf.tidy(() => unit(rows, columns));
  const block = Math.max(1, Math.floor(mostCosines / size));
  try {
    for (let from = 0; from < asked; from += block) {
      const part = queries.subarray(from * columns, (from + block) * columns);
      const top = tf.tidy(() => tf.topk(tf.matMul(unit(part, columns), known, false, true), k));
      cosines.set(await top.values.data<'float32'>(), from * k);
      indices.set(await top.indices.data<'int32'>(), from * k);
      tf.dispose([top.values, top.indices]);
    }
  } finally {
    known.dispose();
  }
  return { indices, cosines };
}

/** Rows of length 1; zeros stay zeros. */
function unit(rows: Float32Array, columns: number): tf.Tensor2D {
  const given = tf.tensor2d(rows, [rows.length / columns, columns]);
  const lengths = given.square().sum(1, true).sqrt();
  return given.divNoNan(lengths) as tf.Tensor2D;
}

export const neighbourOptions = {
  neighbours: { type: 'integer', default: 20, min: 1, max: 10_000, help: 'rows that vote' },
  temperature: {
    type: 'number',
    default: 0.07,
    min: 0.001,
    max: 100,
    help: 'a row votes with exp(cosine / temperature)',
  },
} as const;

/** A request to {@link nearestNeighbours}. */
export interface NeighboursRequest extends LabelledRows {
  /** [queries, columns]: the rows to classify. */
  queries: Float32Array;
  /** How many rows vote; default 20, at most all. */
  neighbours?: number | undefined;
  /** A row votes with exp(cosine / temperature); default 0.07. */
  temperature?: number | undefined;
}

const shape = {
  ...labelledShape,
  ...neighbourOptions,
  queries: floats,
} satisfies ShapeOf<NeighboursRequest>;

/**
 * Probabilities, [queries, classes], by the votes of the nearest rows: with the defaults of Wu et al. 2018
 * (https://arxiv.org/abs/1805.01978) but for 20 neighbours, as DINO has them (https://arxiv.org/abs/2104.14294).
 *
 * @throws InvalidInputError when an argument is missing, of another kind or out of its range, and when lengths do not fit
 */
export async function nearestNeighbours(request: NeighboursRequest): Promise<Float32Array> {
  checkArguments('nearestNeighbours', request, shape);
  checkLabelled(request);
  const { rows, columns, labels, classes, queries } = request;
  checkRows('queries', queries, columns);
  const { neighbours, temperature } = resolveOptions(neighbourOptions, {
    neighbours: request.neighbours,
    temperature: request.temperature,
  });
  const { indices, cosines } = await mostSimilar({ rows, columns, queries, count: neighbours });
  const asked = queries.length / columns;
  const k = indices.length / Math.max(1, asked);
  const probabilities = new Float32Array(asked * classes);
  for (let query = 0; query < asked; query++) {
    const own = cosines.subarray(query * k, (query + 1) * k);
    const [nearest = 0] = own;
    // Relative to the nearest, so that no vote overflows.
    const votes = Float64Array.from(own, (cosine) => Math.exp((cosine - nearest) / temperature));
    const sum = votes.reduce((total, vote) => total + vote, 0);
    votes.forEach((vote, place) => {
      const column = query * classes + (labels[indices[query * k + place] as number] as number);
      probabilities[column] = (probabilities[column] as number) + vote / sum;
    });
  }
  return probabilities;
}
