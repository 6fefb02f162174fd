/** What a page has beside its content while its run is trained: a line that says how it stands, and a script that updates it. */
import { html, type Markup } from '../../html.js';

/** Told to readers of screens when it changes. */
export const stateLine: Markup = html`<p id="state" role="status">It updates by itself after each epoch.</p>`;

/** Puts the new content in the place of the old one. What is open stays open, and the reader stays at the same place. */
export const script = `
const state = document.getElementById('state');
const shown = (each) => each.closest('section').id + each.querySelector('summary').textContent;
async function update() {
  const answer = await fetch('/', { cache: 'no-store' });
  const text = await answer.text();
  if (!answer.ok) {
    state.textContent = 'Not updated: ' + text;
    return;
  }
  const page = new DOMParser().parseFromString(text, 'text/html');
  const open = new Set([...document.querySelectorAll('details[open]')].map(shown));
  for (const each of page.querySelectorAll('details')) {
    each.open = open.has(shown(each));
  }
  const scroll = window.scrollY;
  for (const id of ['lead', 'links', 'main']) {
    const [own, other] = [document, page].map((each) => each.getElementById(id));
    if (own && other && own.innerHTML !== other.innerHTML) own.replaceChildren(...other.childNodes);
  }
  window.scrollTo({ top: scroll, behavior: 'instant' });
  state.textContent = 'Updated at ' + new Date().toLocaleTimeString() + '.';
}
const events = new EventSource('/events');
events.addEventListener('epoch', update);
events.addEventListener('end', () => {
  events.close();
  state.textContent = 'The training has ended. This page stays as it is.';
});
events.addEventListener('error', () => {
  state.textContent = 'No connection to the training: it has ended, or was stopped.';
});
`;
