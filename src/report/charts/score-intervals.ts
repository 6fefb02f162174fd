/** Scores with their intervals, one below the other: runs that are compared, or the classes of a task. */
import { rowsChart } from './bars.js';
import { shortNumber } from './numbers.js';
import { type Chart, usualWidth, type Words } from './render.js';
import { ink } from './theme.js';
import { extent } from './xy.js';

/** The score of a run or of a class. */
export interface ScoreRow {
  name: string;
  /** Absent where it is not defined; then the row has no mark. */
  value?: number | undefined;
  /** Ends of its interval; absent where there is none. */
  low?: number | undefined;
  high?: number | undefined;
  /** Whether the row stands out, e.g. the best run. */
  isMarked?: boolean | undefined;
}

export interface ScoresParts extends Words {
  rows: readonly ScoreRow[];
  /** What is scored, with its unit, e.g. `accuracy`. */
  score: string;
  /** The axis' ends, in place of the least and the greatest value shown. */
  floor?: number;
  ceiling?: number;
  /** After the point; 3 unless it is given. */
  digits?: number;
  width?: number;
}

/** A dot for each score on a line from end to end of its interval; numbers at the right. */
export async function scoreIntervalsChart({
  rows,
  score,
  floor,
  ceiling,
  digits = 3,
  width = usualWidth,
  ...words
}: ScoresParts): Promise<Chart> {
  const values = rows.flatMap(({ value, low, high }) => [value, low, high].map(Number));
  const [least, most] = extent(values, { floor, ceiling });
  const room = (most - least) / 20;
  const placed = rows.map((row, place) => ({ ...row, place }));
  const scored = placed.filter(({ value }) => Number.isFinite(value));
  const intervals = scored.filter(({ low, high }) => Number.isFinite(Number(low) + Number(high)));
  const listed = rows.map((row) => ({
    names: [row.name],
    end: row.value ?? 0,
    note: noteOf(row, digits),
    isBold: row.isMarked ?? false,
  }));
  const colour = ({ isMarked = false }: ScoreRow) => (isMarked ? ink.second : ink.first);
  return await rowsChart({
    ...words,
    description: `${score}. ${listed.map(({ names, note }) => `${names}: ${note}`).join('; ')}`,
    width,
    rows: listed,
    domain: [floor ?? least - room, ceiling ?? most + room],
    none: 'no scores',
    axis: { label: score, format: (tick) => shortNumber(tick, digits > 2 ? 2 : digits) },
    areNotesAligned: true,
    marks: (plot) => [
      plot.ruleY(intervals, {
        y: 'place',
        x1: 'low',
        x2: 'high',
        stroke: colour,
        strokeWidth: 3,
        strokeOpacity: 0.55,
        strokeLinecap: 'round',
      }),
      plot.dot(scored, { y: 'place', x: 'value', r: 5, fill: colour, stroke: ink.paper }),
    ],
  });
}

function noteOf({ value, low, high }: ScoreRow, digits: number): string {
  if (value === undefined || !Number.isFinite(value)) {
    return '–';
  }
  const interval = [low, high].map((end) => shortNumber(Number(end), digits)).join('–');
  const hasInterval = Number.isFinite(Number(low) + Number(high));
  return `${shortNumber(value, digits)}${hasInterval ? `  (${interval})` : ''}`;
}
