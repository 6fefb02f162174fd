/** The phases of a run: stretches of epochs that train the same weights at one size of images and one strength of augmentation. */
import { conflict, expected } from '../../errors.js';
import type { Trainable } from '../../model/index.js';
import type { OptionTable, OptionValues } from '../../options.js';
import { beyondHead } from '../beyond-head.js';
import type { StepPlace } from '../schedule/schedule.js';

export const phaseOptions = {
  freezeEpochs: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 10000,
    help: 'epochs at the beginning that train only the new head; the schedule runs once over them and once over the rest',
    ...beyondHead,
  },
  stages: {
    type: 'integer',
    default: 1,
    min: 1,
    max: 100,
    help: 'stages of equal length from the start size and start strength to the full ones (progressive learning)',
  },
  startSize: {
    type: 'integer',
    default: 0,
    min: 0,
    max: 8192,
    help: 'side of the training images in the first stage, in pixels; 0: the full size',
  },
  startStrength: {
    type: 'number',
    default: 1,
    min: 0,
    max: 1,
    help: 'strength of the augmentation in the first stage; 1: full strength, 0: mirroring alone',
  },
} as const satisfies OptionTable;

/** What a phase trains: weights of the network, or the head and factors of low rank. */
export type Trained = Trainable | 'lora';

interface PhaseValues extends OptionValues<typeof phaseOptions> {
  trainable: Trained;
  epochs: number;
}

export interface Phase {
  /** The first epoch, from 0. */
  from: number;
  /** The epoch after the last one. */
  to: number;
  trainable: Trained;
  /** Side of the training images in pixels. */
  size: number;
  /** Of the augmentation, 0…1. */
  strength: number;
}

/** Epochs over which the schedule runs once. */
export type Cycle = Pick<Phase, 'from' | 'to'>;

/**
 * The phases in their order, which cover all epochs. With M stages, stage i has the size S₀ + (S − S₀) · i / (M − 1), rounded to a
 * multiple of 32, and the strength likewise (Tan & Le 2021, https://arxiv.org/abs/2104.00298, algorithm 1).
 *
 * @param size side of the network's input in pixels
 */
export function phasesOf(values: PhaseValues, size: number): Phase[] {
  const { freezeEpochs, stages, epochs, trainable } = values;
  const startOfStage = (stage: number) => Math.round((stage * epochs) / stages);
  const starts = Array.from({ length: stages }, (_, stage) => startOfStage(stage));
  const froms = [...new Set([...starts, freezeEpochs])].sort((a, b) => a - b);
  return froms.map((from, i) => {
    const stage = starts.filter((start) => start <= from).length - 1;
    return {
      from,
      to: froms[i + 1] ?? epochs,
      trainable: from < freezeEpochs ? 'head' : trainable,
      ...atStage(stage, values, size),
    };
  });
}

function atStage(
  stage: number,
  { stages, startSize, startStrength }: PhaseValues,
  size: number,
): Pick<Phase, 'size' | 'strength'> {
  if (stage === stages - 1) {
    return { size, strength: 1 };
  }
  const share = stage / (stages - 1);
  const grown = startSize + (size - startSize) * share;
  return {
    size: startSize === 0 ? size : stage === 0 ? startSize : 32 * Math.round(grown / 32),
    strength: startStrength + (1 - startStrength) * share,
  };
}

/** The weights of the network that are trained; factors of low rank are none of them. */
export const weightsTrained = (trained: Trained): Trainable =>
  trained === 'lora' ? 'head' : trained;

/** The phase of an epoch, from 0; of one after the last, the last one. */
export const phaseAt = (phases: readonly Phase[], epoch: number): Phase =>
  (phases.find(({ to }) => epoch < to) ?? phases.at(-1)) as Phase;

/** The cycles of the schedule: the epochs that train the head alone, if there are any, and the rest. */
export const cyclesOf = ({ freezeEpochs, epochs }: PhaseValues): Cycle[] =>
  freezeEpochs === 0
    ? [{ from: 0, to: epochs }]
    : [
        { from: 0, to: freezeEpochs },
        { from: freezeEpochs, to: epochs },
      ];

/** The place of a batch in the cycle of its epoch. */
export function placeIn(
  cycles: readonly Cycle[],
  { epoch, batch }: { epoch: number; batch: number },
  stepsPerEpoch: number,
): StepPlace {
  const { from, to } = cycles.find((cycle) => epoch < cycle.to) as Cycle;
  return { step: (epoch - from) * stepsPerEpoch + batch, stepsPerEpoch, epochs: to - from };
}

/** @throws InvalidInputError when options exclude each other or do not fit the number of epochs */
export function checkPhases(values: PhaseValues): void {
  const { freezeEpochs, stages, startSize, startStrength, epochs } = values;
  if (freezeEpochs >= epochs) {
    const remedy = 'Train for more epochs, or set freezeEpochs to 0';
    throw expected(`an integer below epochs (${epochs})`, 'freezeEpochs', freezeEpochs, remedy);
  }
  if (stages > epochs) {
    throw expected(`an integer up to epochs (${epochs})`, 'stages', stages);
  }
  const hasStart = startSize !== 0 || startStrength !== 1;
  if (hasStart !== stages > 1) {
    throw stages > 1
      ? conflict(`stages ${stages}`, 'nothing that grows', 'Give startSize or startStrength')
      : conflict('startSize or startStrength', 'stages 1', 'Choose 2 stages or more');
  }
}
