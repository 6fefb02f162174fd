/** The lapel task: the edges of a jacket's open fronts. */
import { type Figure, shoulderTip, torsoSide, upperBody } from './figure.js';
import { alongArm, arms, limb } from './limbs.js';
import { css, edged, type Fabric, fabric, type Sketch, shaded } from './palette.js';
import { type Choice, leaning, type Picture, type TaskDrawing } from './picture.js';
import { both, closed, lines, num, type Point, path } from './svg.js';
import { closedTop, hiddenNeck } from './tops.js';

export const lapelDesign: TaskDrawing = {
  // Shawl and plus-size shawl.
  neighbours: [[3, 4]],
  empty: [],
  draw: drawLapel,
};

function drawLapel(sketch: Sketch, figure: Figure, choice: Choice): Picture {
  const { random } = sketch;
  const inner = fabric(sketch, [figure.skin]);
  const cloth = fabric(sketch, [figure.skin, inner.colour]);
  const trim = random.chance(0.6)
    ? { ...cloth, fill: css(shaded(cloth.colour, 0.12)) }
    : fabric(sketch, [inner.colour, cloth.colour]);
  const close = random.between(37, 42);
  const jacket =
    arms(figure) +
    upperBody(figure) +
    closedTop(figure, inner, 9) +
    openJacket(figure, cloth, close);
  const picture = { top: 11, bottom: 51, content: jacket };
  if (choice.label === 0) {
    return hiddenNeck(sketch, figure, picture, 27);
  }
  return { ...picture, content: jacket + lapel(trim, choice, close) };
}

function lapel(trim: Fabric, choice: Choice, close: number): string {
  if (choice.label === 2) {
    return '';
  }
  return choice.label === 1 ? notched(trim, close) : shawl(trim, choice, close);
}

/** Sleeves and both fronts, meeting at `close` and round below. */
function openJacket(figure: Figure, cloth: Fabric, close: number): string {
  const edge: Point[] = [
    [4.2, 16.6],
    [3.4, 22],
    [1.6, 32],
    [0, close],
  ];
  const flank = [...torsoSide(figure, 1.2)].reverse();
  const back: Point[] = [[12, 54], ...flank, shoulderTip(figure), [4.2, 16.6]];
  const buttons = [close + 1.6, close + 6].map(
    (y) => `<circle cx="0" cy="${num(y)}" r=".9" fill="${cloth.edge}"/>`,
  );
  const arm = limb(alongArm(figure, 29), [6.6 * figure.build, 5.6, 4.8]);
  const front = closed(edge, [[0, 54]], back);
  return both(path(arm, edged(cloth)) + path(front, edged(cloth, 0.6))) + buttons.join('');
}

/** A collar and a lapel with the notch between them. */
function notched(trim: Fabric, close: number): string {
  const collar = lines([
    [2.6, 14.6],
    [4.6, 15.6],
    [8.2, 21],
    [5.4, 22.4],
    [3.4, 20],
  ]);
  const lapel = lines([
    [3.5, 20],
    [6, 23],
    [9.6, 22.6],
    [7.6, 29],
    [0, close],
    [1.6, 31],
  ]);
  const paint = edged(trim, 0.6);
  return both(path(`${lapel}Z`, paint) + path(`${collar}Z`, paint));
}

/** One rounded band without a notch; the plus-size one lies wide over the shoulders. */
function shawl(trim: Fabric, choice: Choice, close: number): string {
  const width = leaning([0, 0, 0, 3, 8.2], choice);
  const inner: Point[] = [
    [2.6, 14.6],
    [3.2, 22],
    [1.5, 32],
    [0, close],
  ];
  const outer: Point[] = [
    [0, close],
    [2 + width * 0.75, 32],
    [3.4 + width, 23.5],
    [3.6 + 0.62 * width, 17.6],
    [2.6, 14.6],
  ];
  return both(path(closed(inner, outer), edged(trim, 0.6)));
}
