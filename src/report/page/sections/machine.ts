/** Options, versions and hardware of the runs. */

import { html, named, type Part } from '../../../html.js';
import { bytes, optionText } from '../format.js';
import { more, note, type Section, table } from '../parts.js';
import type { TrainedRun } from '../read-runs.js';

const rows: [title: string, of: (run: TrainedRun) => Part][] = [
  ['tasks', ({ tasks }) => named(tasks.join(', '))],
  ['network', ({ options }) => optionText(options.get('model.network'))],
  ['input, pixels', ({ options }) => optionText(options.get('model.size'))],
  ['epochs', ({ options, history }) => `${history.length} of ${optionText(options.get('epochs'))}`],
  ['Bobbin', ({ environment }) => environment?.bobbin ?? '–'],
  ['Node', ({ environment }) => environment?.node ?? '–'],
  ['TensorFlow', ({ environment }) => environment?.tensorflow ?? '–'],
  ['system', ({ environment }) => environment?.system ?? '–'],
  ['CPU', ({ environment: own }) => (own?.cpu ? `${own.cpu}, ${own.threads} threads` : '–')],
  [
    'memory',
    ({ environment }) => (environment?.memoryBytes ? bytes(environment.memoryBytes) : '–'),
  ],
  ['GPU', ({ environment }) => (environment?.gpus ? environment.gpus.join(', ') || 'none' : '–')],
];

export function machineSection(runs: readonly TrainedRun[]): Section {
  const lacks = runs.some(({ environment }) => environment === undefined);
  const content = html`${table({
    caption: 'What each run was trained with',
    columns: [{ title: 'run' }, ...rows.map(([title]) => ({ title }))],
    rows: runs.map((run) => [named(run.folder), ...rows.map(([, of]) => of(run))]),
  })}
${lacks ? note('An earlier version of Bobbin did not record versions and hardware.') : undefined}
${runs.map(({ folder, config }) => config && more(html`Options of ${named(folder)} (config.json)`, html`<pre tabindex="0">${config}</pre>`))}`;
  return { id: 'machine', title: 'Options, versions and hardware', content };
}
