/** The page: one HTML document with everything in it, which asks for nothing from outside. */
import { createHash } from 'node:crypto';
import { documentOf, html, type Markup, named, type Part, sound } from '../../html.js';
import { count } from '../../plural.js';
import { themeCss } from '../charts/index.js';
import type { DataFacts } from './data-facts.js';
import { script, stateLine } from './live.js';
import type { Section } from './parts.js';
import type { TrainedRun } from './read-runs.js';
import type { TaskResult } from './results.js';
import { comparisonSection } from './sections/comparison.js';
import { dataSection } from './sections/data.js';
import { machineSection } from './sections/machine.js';
import { summarySection } from './sections/summary.js';
import { taskSection } from './sections/task.js';
import { style } from './style.js';

/** All that a page says. */
export interface Report {
  /** What the page is about, before the first run is there. */
  group?: string;
  runs: readonly TrainedRun[];
  results: readonly TaskResult[];
  data: DataFacts | undefined;
  /** The version of Bobbin that writes it, and when. */
  bobbin: string;
  written: Date;
  /** Whether a server sends a new page after each epoch. */
  isLive?: boolean;
}

/** The document. */
export async function renderPage(report: Report): Promise<string> {
  const { runs, isLive = false } = report;
  const own = [...new Set(runs.map(({ group }) => group))];
  const groups = own.length > 0 ? own : [report.group ?? ''];
  const title = `Report on ${groups.join(', ')}`;
  const sections = await sectionsOf(report, groups);
  const look = `${themeCss()}${style}`;
  const body = html`<a class="skip" href="#main">Skip to the content</a>
<header>
<h1>${named(title)}</h1>
<p class="lead" id="lead">${lead(report, groups)}</p>
${isLive ? stateLine : undefined}
</header>
<nav aria-label="Sections"><ul id="links">${sections.map(link)}</ul></nav>
<main id="main" tabindex="-1">
${sections.map(sectionOf)}
</main>
<footer><p>Written by <code>npx bobbin report</code>, Bobbin ${report.bobbin}. The page asks for nothing from outside: photos and charts are within it.</p></footer>
${isLive ? html`<script>${sound(script)}</script>` : undefined}`;
  const head = html`<style>${sound(look)}</style>`;
  return documentOf({ title, policy: policy(look, isLive), head, body });
}

async function sectionsOf(report: Report, groups: readonly string[]): Promise<Section[]> {
  const { runs, results, data } = report;
  const comparison = await comparisonSection(runs, results);
  const sections = [
    await summarySection(results, groups.length === 1),
    ...(comparison ? [comparison] : []),
  ];
  for (const [index, task] of [...new Set(results.map((each) => each.task))].entries()) {
    const own = results.filter((each) => each.task === task);
    sections.push(await taskSection(index + 1, own));
  }
  return [...sections, await dataSection(data), machineSection(runs)];
}

function lead({ runs, results, written }: Report, groups: readonly string[]): Part {
  const tasks = new Set(results.map(({ task }) => task)).size;
  const what = [
    count(groups.length, 'run folder'),
    count(runs.length, 'network'),
    count(tasks, 'task'),
  ];
  const time = written.toISOString().slice(0, 16).replace('T', ' ');
  return html`${what.join(', ')}; written <time datetime="${written.toISOString()}">${time} UTC</time>`;
}

const link = ({ id, title }: Section): Markup =>
  html`<li><a href="#${id}">${named(title)}</a></li>`;

const sectionOf = ({ id, title, content }: Section): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${named(title)}</h2>${content}</section>
`;

/** Only our own styles and pictures within the page; while it is live, also its script and server. */
function policy(look: string, isLive: boolean): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `style-src ${hash(look)}`,
    'img-src data:',
    ...(isLive ? [`script-src ${hash(script)}`, "connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
