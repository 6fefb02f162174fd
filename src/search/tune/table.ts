/** The table of a search: what each trial drew and how far it came. It follows from the log alone. */
import { csvLine } from '../../csv-line.js';
import { bestJob, type RungResult } from './asha.js';
import type { LogLine, TrialLine } from './log.js';
import { type Drawn, parameterNames } from './space.js';

/** A trial of `tune`: what was drawn, and what it reached. */
export interface TrialRow {
  trial: number;
  drawn: Drawn;
  /** Epochs that it was trained for, and the scores after them. */
  epochs: number;
  loss: number | null;
  accuracy: number | null;
  /** Of all its epochs. */
  seconds: number;
  /** Why it failed. */
  reason?: string | undefined;
}

/** The results of each of `rungs` rungs, in the order of the log. */
export function rungResults(lines: readonly LogLine[], rungs: number): RungResult[][] {
  const results: RungResult[][] = Array.from({ length: rungs }, () => []);
  for (const line of lines) {
    if (line.event === 'trial') {
      const loss = line.loss ?? Number.POSITIVE_INFINITY;
      results[line.rung]?.push({ trial: line.trial, loss });
    }
  }
  return results;
}

export const trialLines = (lines: readonly LogLine[]): TrialLine[] =>
  lines.filter((line) => line.event === 'trial');

/** A row for each trial, by its number. */
export function tableOf(lines: readonly LogLine[]): TrialRow[] {
  const rows = new Map<number, TrialRow>();
  for (const { trial, drawn, epochs, loss, accuracy, seconds, reason } of trialLines(lines)) {
    const before = rows.get(trial)?.seconds ?? 0;
    const row = { trial, drawn, epochs, loss, accuracy, seconds: before + seconds, reason };
    rows.set(trial, row);
  }
  return [...rows.values()].sort((a, b) => a.trial - b.trial);
}

/** The table as CSV. */
export function tableCsv(lines: readonly LogLine[], rungs: number): string {
  const best = bestJob(rungResults(lines, rungs))?.trial;
  const checks = new Map(
    lines.flatMap((line) => (line.event === 'check' ? [[line.trial, line.loss]] : [])),
  );
  const header = ['trial', ...parameterNames, 'epochs', 'loss', 'accuracy', 'seconds'];
  const rows = tableOf(lines).map((row) => [
    `${row.trial}`,
    ...parameterNames.map((name) => `${row.drawn[name] ?? ''}`),
    `${row.epochs}`,
    row.loss?.toFixed(6) ?? '',
    row.accuracy?.toFixed(6) ?? '',
    row.seconds.toFixed(1),
    row.trial === best ? 'yes' : '',
    checks.get(row.trial)?.toFixed(6) ?? '',
    row.reason ?? '',
  ]);
  return [[...header, 'best', 'check_loss', 'failure'], ...rows]
    .map((row) => `${csvLine(row)}\n`)
    .join('');
}
