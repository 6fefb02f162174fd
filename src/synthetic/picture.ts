/** What a task's drawing hands over: the garment on its person, and the part of the body that the picture frames. */
import type { Figure } from './figure.js';
import type { Sketch } from './palette.js';

/** A drawing in body units; the x axis is the figure's middle. */
export interface Picture {
  /** Body height at the frame's upper and lower edge. */
  top: number;
  bottom: number;
  content: string;
}

/** The class to draw, and how far it leans towards another. */
export interface Choice {
  label: number;
  /** Class it leans towards; the label itself where it leans to none. */
  towards: number;
  /** Share of the way, 0 … {@link mostLean}. */
  lean: number;
}

/** Farther than this the label would be in doubt. */
export const mostLean = 0.32;

/** From this lean on an annotator would mark the other class `m`. */
export const maybeLean = 0.24;

/** How one task is drawn. */
export interface TaskDrawing {
  /** Pairs of classes that run into each other. */
  neighbours: readonly (readonly [number, number])[];
  /** Classes without any image. */
  empty: readonly number[];
  draw(sketch: Sketch, figure: Figure, choice: Choice): Picture;
}

/** A measure of each class, taken at the class drawn and moved towards the one it leans to. */
export function leaning(measures: readonly number[], { label, towards, lean }: Choice): number {
  const own = measures[label] ?? 0;
  return own + ((measures[towards] ?? own) - own) * lean;
}
