/** The comparison of several groups of runs: what differs in their options, then in their scores. */
import { scoreIntervalsChart } from '../../charts/index.js';
import { chartWidth } from '../chart-width.js';
import { differencesOf } from '../differences.js';
import { percentWithin } from '../format.js';
import { html, named, type Part } from '../html.js';
import { figure, note, type Section, table } from '../parts.js';
import type { TrainedRun } from '../read-runs.js';
import type { TaskResult } from '../results.js';

/** Undefined for one group, which has nothing to be compared with. */
export async function comparisonSection(
  runs: readonly TrainedRun[],
  results: readonly TaskResult[],
): Promise<Section | undefined> {
  const groups = [...new Set(runs.map(({ group }) => group))];
  if (groups.length < 2) {
    return undefined;
  }
  const content = html`<h3>What differs in their options</h3>
${differences(runs, groups)}
<h3>Accuracy by task</h3>
${scores(results, groups)}
<div class="figures">${await charts(results, groups)}</div>`;
  return { id: 'comparison', title: 'Comparison', content };
}

function differences(runs: readonly TrainedRun[], groups: readonly string[]): Part {
  const found = differencesOf(runs, groups);
  return found.length === 0
    ? note('Their options are the same. Other weights, photos or chance made the difference.')
    : table({
        caption: 'Options of config.json whose values differ; all others are the same',
        columns: [{ title: 'option' }, ...groups.map((title) => ({ title }))],
        rows: found.map(({ option, values }) => [html`<code>${option}</code>`, ...values]),
      });
}

function tasksOf(results: readonly TaskResult[]): string[] {
  return [...new Set(results.map(({ task }) => task))];
}

function scores(results: readonly TaskResult[], groups: readonly string[]): Part {
  return table({
    caption: 'Validation accuracy, with its 95 % interval',
    columns: [{ title: 'task' }, ...groups.map((title) => ({ title, isNumber: true }))],
    rows: tasksOf(results).map((task) => [
      named(task),
      ...groups.map((group) => {
        const own = results.find((each) => each.task === task && each.run.group === group)?.scores;
        return percentWithin(own?.accuracy, own?.intervals.accuracy);
      }),
    ]),
  });
}

/** For each task the runs below each other, the best marked. */
async function charts(results: readonly TaskResult[], groups: readonly string[]): Promise<Part> {
  const figures: Part[] = [];
  for (const task of tasksOf(results)) {
    const own = results.filter((each) => each.task === task);
    const best = Math.max(...own.map(({ scores }) => scores?.accuracy ?? 0));
    const rows = groups.map((group) => {
      const found = own.find(({ run }) => run.group === group)?.scores;
      const [low, high] = found?.intervals.accuracy ?? [];
      const { accuracy } = found ?? {};
      return { name: group, value: accuracy, low, high, isMarked: accuracy === best };
    });
    const { svg } = await scoreIntervalsChart({
      ...{ title: task, subtitle: 'the best accuracy is marked', score: 'accuracy', digits: 2 },
      ...{ rows, width: chartWidth.narrow },
    });
    figures.push(figure({ chart: svg, caption: 'Accuracy with 95 % intervals.' }));
  }
  return figures;
}
