/** `scores.json`: how good the answer is, and on which images that was found. */
import type { Score } from './wilson.js';

/** The scores of the answer that `fitPhotos` chose for a task. */
export interface FitScores {
  task: string;
  /** `one`: a single network answers, and `mean`: the weighted mean of several. */
  answer: 'one' | 'mean';
  /** On the images that chose among the candidates: slightly too high, the more there were to choose from. */
  choosing: Score;
  /** On images that nothing was chosen on; absent where there were too few to spare any. */
  reported?: Score;
  /** What answers, and how much each counts, 0…1. */
  members: {
    /** Its folder. */
    run: string;
    network: string;
    weight: number;
  }[];
  /** Seconds that all calls took. */
  seconds: number;
  /** The command that repeats the training of the single best network; absent where that is the first answer. */
  command?: string;
}
