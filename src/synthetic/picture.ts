/** A task's drawing: a person in a garment, and the part of the body inside the picture's frame. */
import type { Figure } from './figure.js';
import type { Sketch } from './palette.js';

/** A drawing in body units; x = 0 is the figure's middle. */
export interface Picture {
  /** Body height at the frame's upper edge. */
  top: number;
  /** Body height at the frame's lower edge. */
  bottom: number;
  content: string;
}

/** The class to draw, and how far it leans towards another. */
export interface Choice {
  label: number;
  /** The other class; the label itself if there is none. */
  towards: number;
  /** Share of the way, 0 … {@link mostLean}. */
  lean: number;
}

/** Largest lean: beyond it the label would be doubtful. */
export const mostLean = 0.32;

/** Above this lean an annotator would mark the other class `m`. */
export const maybeLean = 0.24;

/** The drawing of one task. */
export interface TaskDrawing {
  /** Pairs of classes without a sharp border between them. */
  neighbours: readonly (readonly [number, number])[];
  /** Classes without any image. */
  empty: readonly number[];
  draw(sketch: Sketch, figure: Figure, choice: Choice): Picture;
}

/** The measure of the drawn class, moved by the lean towards the measure of the other class. */
export function leaning(measures: readonly number[], { label, towards, lean }: Choice): number {
  const own = measures[label] ?? 0;
  return own + ((measures[towards] ?? own) - own) * lean;
}
