/** The comparison of several groups of runs: what differs in their options, then in their scores. */

import { html, named, type Part } from '../../../html.js';
import { scoreIntervalsChart } from '../../charts/index.js';
import { chartWidth } from '../chart-width.js';
import { differencesOf } from '../differences.js';
import { percentWithin } from '../format.js';
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
<h3>Scores by task</h3>
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
    caption: `Validation ${scoreWords(results)}, with its 95 % interval`,
    columns: [{ title: 'task' }, ...groups.map((title) => ({ title, isNumber: true }))],
    rows: tasksOf(results).map((task) => [
      named(task),
      ...groups.map((group) => {
        const own = results.find((each) => each.task === task && each.run.group === group);
        const { value, interval } = chiefOf(own);
        return percentWithin(value, interval);
      }),
    ]),
  });
}

/** The score by which runs of a task are compared: accuracy, and mAP where an image has any number of labels. */
function chiefOf({ scores, labelsScores }: Partial<TaskResult> = {}) {
  const { meanAveragePrecision: value, intervals } = labelsScores ?? {};
  return labelsScores === undefined
    ? { value: scores?.accuracy, interval: scores?.intervals.accuracy }
    : { value, interval: intervals?.meanAveragePrecision };
}

/** Runs without predictions have neither score. */
function scoreWords(results: readonly TaskResult[]): string {
  const names = [
    ...(results.some(({ scores }) => scores) ? ['accuracy'] : []),
    ...(results.some(({ labelsScores }) => labelsScores) ? ['mAP'] : []),
  ];
  return names.join(' or ') || 'accuracy';
}

/** For each task the runs below each other, the best marked. */
async function charts(results: readonly TaskResult[], groups: readonly string[]): Promise<Part> {
  const figures: Part[] = [];
  for (const task of tasksOf(results)) {
    const own = results.filter((each) => each.task === task);
    const score = scoreWords(own);
    const best = Math.max(...own.map((each) => chiefOf(each).value ?? 0));
    const rows = groups.map((group) => {
      const { value, interval } = chiefOf(own.find(({ run }) => run.group === group));
      const [low, high] = interval ?? [];
      return { name: group, value, low, high, isMarked: value === best };
    });
    const { svg } = await scoreIntervalsChart({
      ...{ title: task, subtitle: `the best ${score} is marked`, score, digits: 2 },
      ...{ rows, width: chartWidth.narrow },
    });
    figures.push(figure({ chart: svg, caption: `The ${score} with 95 % intervals.` }));
  }
  return figures;
}
