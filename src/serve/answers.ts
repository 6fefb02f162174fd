/** What the server says of an image: the form of `predict --format json`, for each of the model's tasks. */
import type { Head } from '../model/index.js';
import { topClasses } from '../prediction/index.js';
import type { Row } from './computing.js';

/** A class and its probability, 0…1, of 6 decimals. */
export interface RankedClass {
  class: string;
  probability: number;
}

/** The answer of a task. */
export interface TaskAnswer {
  task: string;
  /** The most probable class; absent where an image has any number of labels. */
  prediction?: string;
  probability?: number;
  /** Where an image has any number of labels: the classes that reach the threshold. */
  predictions?: string[];
  /** The most probable classes, the most probable first. */
  top: RankedClass[];
}

/** The answer to an image: those of the tasks, or why it cannot be read. */
export interface ImageAnswer {
  name: string;
  answers?: TaskAnswer[];
  error?: string;
}

export interface AnswerOptions {
  top: number;
  threshold: number;
}

export function imageAnswer(
  name: string,
  row: Row,
  heads: readonly Head[],
  options: AnswerOptions,
): ImageAnswer {
  if ('reason' in row) {
    return { name, error: `${name} cannot be read: ${row.reason}` };
  }
  const { probabilities } = row;
  return {
    name,
    answers: heads.map((head) =>
      taskAnswer(head, probabilities.subarray(head.from, head.to), options),
    ),
  };
}

function taskAnswer(
  { task, classes, labels }: Head,
  own: Float32Array,
  { top, threshold }: AnswerOptions,
): TaskAnswer {
  const ranked: RankedClass[] = topClasses(own, top).map((index) => ({
    class: classes[index] as string,
    probability: Number((own[index] as number).toFixed(6)),
  }));
  if (labels === 'any') {
    const reached = topClasses(own, classes.length).filter(
      (index) => (own[index] as number) >= threshold,
    );
    return { task, predictions: reached.map((index) => classes[index] as string), top: ranked };
  }
  const [{ class: prediction, probability }] = ranked as [RankedClass];
  return { task, prediction, probability, top: ranked };
}
