/** Parts that every section has: headings, tables, figures and notes, so that all can be read by keyboard and screen reader. */
import { html, type Markup, type Part, sound } from '../../html.js';

/** A section of the page: where links lead, what they say, and what it has. */
export interface Section {
  /** Letters, digits and dashes. */
  id: string;
  title: string;
  content: Markup;
}

export interface Column {
  title: string;
  /** Numbers stand at the right, below each other. */
  isNumber?: boolean;
}

export interface Table {
  caption: string;
  columns: readonly Column[];
  /** A cell for each column; the first one names the row. */
  rows: readonly (readonly Part[])[];
}

/** A table that scrolls sideways alone where it is wider than the screen. */
export function table({ caption, columns, rows }: Table): Markup {
  const kind = ({ isNumber }: Column) => (isNumber ? 'number' : 'words');
  const head = columns.map(
    (column) => html`<th scope="col" class="${kind(column)}">${column.title}</th>`,
  );
  const body = rows.map(([first, ...others]) => {
    const cells = others.map(
      (cell, index) => html`<td class="${kind(columns[index + 1] as Column)}">${cell}</td>`,
    );
    return html`<tr><th scope="row">${first}</th>${cells}</tr>`;
  });
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${caption}"><table><caption><span>${caption}</span></caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

export interface Figure {
  /** SVG of the charts, which has its own title. */
  chart: string;
  /** What the chart shows, for those who do not see it: one or two sentences. */
  caption: Part;
  /** The numbers of the chart. */
  numbers?: Table;
  /** Of a chart that is wider than a phone: what it is called where it scrolls. It takes the whole width. */
  wide?: string;
}

/** A chart with its caption, and its numbers behind a button. */
export function figure({ chart, caption, numbers, wide }: Figure): Markup {
  const behind = numbers && more('The numbers', table(numbers));
  const region = wide && html` tabindex="0" role="group" aria-label="Chart: ${wide}"`;
  return html`<figure class="${wide ? 'wide' : 'narrow'}"><div class="chart"${region}>${sound(chart)}</div><figcaption>${caption}</figcaption>${behind}</figure>`;
}

/** What is shown on demand. */
export const more = (title: Part, content: Part): Markup =>
  html`<details><summary>${title}</summary>${content}</details>`;

/** What the page cannot show, and why. */
export const note = (words: Part): Markup => html`<p class="note">${words}</p>`;

/** Facts as pairs of name and value. */
export const facts = (pairs: readonly (readonly [name: string, value: Part])[]): Markup =>
  html`<dl class="facts">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
