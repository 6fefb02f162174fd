/** Markup that is escaped by default: what a template is given is text, unless another template made it. */

/** Markup that {@link html} made, or that is known to be sound. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What a template takes: text is escaped, markup stays, a list is joined, and undefined is nothing. */
export type Part = Markup | string | number | undefined | readonly Part[];

/**
 * Markup from a template: `` html`<td>${name}</td>` ``. Values are escaped, also within attributes, which must have double quotes.
 * Values never go into `<script>`, `<style>`, a name of an attribute or a URL: there escaping protects nothing.
 */
export function html(literals: TemplateStringsArray, ...parts: Part[]): Markup {
  const text = literals.reduce(
    (before, literal, index) => `${before}${textOf(parts[index - 1])}${literal}`,
  );
  return new Markup(text);
}

/** Markup that our own code made in another way, such as a chart or the sheet of styles. Never the words of a user. */
export const sound = (markup: string): Markup => new Markup(markup);

function textOf(part: Part): string {
  if (part instanceof Markup) {
    return part.text;
  }
  return Array.isArray(part)
    ? part.map(textOf).join('')
    : escapeMarkup(part === undefined ? '' : `${part}`);
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** `text` with the reserved characters of HTML and XML as entities, and without those that neither of them has. */
export const escapeMarkup = (text: string): string =>
  text
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .replace(/[\p{Cs}\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => entities[character] as string);

/** A name from the user's files. Its direction of writing does not reach the words beside it. */
export const named = (name: string): Markup => html`<bdi>${name}</bdi>`;

/** Words with commands between backquotes, which become code. */
export const withCode = (words: string): Part =>
  words.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));

/** What a page is made of. */
export interface Page {
  title: string;
  /** The content security policy: what the page may load. */
  policy: string;
  /** Styles and scripts. */
  head: Markup;
  body: Markup;
}

/** An HTML document in English, for screens of any width, in light and in dark mode. It tells no other site where it is. */
export const documentOf = ({ title, policy, head, body }: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`.text;
