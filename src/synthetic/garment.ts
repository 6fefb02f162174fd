/** Draws one picture of any task and class as SVG. The picture is a pure function of its key. */

import { Random } from '../random.js';
import { collarDesign } from './collars.js';
import { person } from './figure.js';
import { lapelDesign } from './lapels.js';
import { coatLength, pantLength, skirtLength, sleeveLength } from './lengths.js';
import { necklineDesign } from './necklines.js';
import { neckDesign } from './necks.js';
import { type Choice, maybeLean, mostLean, type TaskDrawing } from './picture.js';
import { scene } from './scene.js';

export { Random } from '../random.js';

const drawings: Readonly<Record<string, TaskDrawing>> = {
  coat_length_labels: coatLength,
  collar_design_labels: collarDesign,
  lapel_design_labels: lapelDesign,
  neck_design_labels: neckDesign,
  neckline_design_labels: necklineDesign,
  pant_length_labels: pantLength,
  skirt_length_labels: skirtLength,
  sleeve_length_labels: sleeveLength,
};

/** An image as SVG text, its class, and the classes that an annotator would mark as maybe. */
export interface Drawn {
  svg: string;
  label: number;
  maybe: number[];
}

/** The classes of a task without pictures. */
export function emptyClasses(task: string): readonly number[] {
  return drawingOf(task).empty;
}

/**
 * Draws class `label` of a FashionAI task, `size` pixels on the short side and up to an eighth more on the other.
 * `key` decides the rest: person, cloth, place, light, and how much the picture resembles a neighbouring class.
 */
export function drawGarment(task: string, label: number, size: number, key: string): Drawn {
  const drawing = drawingOf(task);
  const random = new Random(key);
  const sketch = { random, defs: [] };
  const choice = chooseLean(drawing, label, random);
  const picture = drawing.draw(sketch, person(sketch), choice);
  const longer = Math.round(size * random.between(1, 1.125));
  const [width, height] = random.chance(0.5) ? [size, longer] : [longer, size];
  const maybe = choice.lean > maybeLean ? [choice.towards] : [];
  return { svg: scene(sketch, picture, width, height), label, maybe };
}

function chooseLean(drawing: TaskDrawing, label: number, random: Random): Choice {
  const others = drawing.neighbours.flatMap(([a, b]) => {
    if (a === label) {
      return [b];
    }
    return b === label ? [a] : [];
  });
  if (others.length === 0) {
    return { label, towards: label, lean: 0 };
  }
  return { label, towards: random.pick(others), lean: random.between(0, mostLean) };
}

function drawingOf(task: string): TaskDrawing {
  const drawing = drawings[task];
  if (drawing === undefined) {
    throw new Error(`No drawing for task ${task}`);
  }
  return drawing;
}
