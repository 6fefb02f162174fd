/** Shows the answers of a network: for each task its classes, with bars. */

/** @import { Answer, ClassAnswer } from './classify.mjs' */

/** Classes that are shown before the others are asked for. */
const shown = 5;

/** @param {number} probability */
const percent = (probability) => `${(100 * probability).toFixed(1)} %`;

/**
 * Shows the answers in the place of earlier ones.
 *
 * @param {HTMLElement} place
 * @param {Answer[]} answers
 * @returns {string} the answers in a sentence
 */
export function show(place, answers) {
  place.replaceChildren(...answers.map((answer) => sectionOf(answer, answers.length > 1)));
  return answers.map((answer) => sentence(answer, answers.length > 1)).join(' ');
}

/** Where an image has any number of labels, those of at least one half. @param {Answer} answer */
const chosen = ({ labels, classes }) =>
  labels === 'one' ? classes.slice(0, 1) : classes.filter(({ probability }) => probability >= 0.5);

/** @param {Answer} answer @param {boolean} isOneOfSeveral */
function sentence(answer, isOneOfSeveral) {
  const names = chosen(answer).map(({ name, probability }) => `${name}, ${percent(probability)}`);
  const task = isOneOfSeveral ? `${answer.task}: ` : '';
  return `${task}${names.join('; ') || 'no class reaches 50 %'}.`;
}

/** @param {Answer} answer @param {boolean} isOneOfSeveral */
function sectionOf(answer, isOneOfSeveral) {
  const { task, labels, classes } = answer;
  const section = document.createElement('section');
  if (isOneOfSeveral) {
    section.append(make('h3', task));
  }
  if (labels === 'any') {
    section.append(
      make('p', 'A photo has any number of these classes; those of 50 % or more are marked.'),
    );
  }
  const best = new Set(chosen(answer));
  const rows = classes.map((each) => rowOf(each, best.has(each)));
  const count = Math.max(shown, best.size);
  section.append(listOf(rows.slice(0, count)));
  if (rows.length > count) {
    const more = document.createElement('details');
    more.append(
      make(
        'summary',
        rows.length - count === 1 ? '1 more class' : `${rows.length - count} more classes`,
      ),
      listOf(rows.slice(count)),
    );
    section.append(more);
  }
  return section;
}

/** @param {HTMLElement[]} rows */
function listOf(rows) {
  const list = document.createElement('ul');
  list.append(...rows);
  return list;
}

/** @param {ClassAnswer} answer @param {boolean} isBest */
function rowOf({ name, probability }, isBest) {
  const row = document.createElement('li');
  row.classList.toggle('best', isBest);
  const bar = make('span', '', 'bar');
  bar.style.setProperty('--share', `${100 * probability}%`);
  row.append(make('span', name, 'name'), make('span', percent(probability), 'percent'), bar);
  return row;
}

/** @param {string} kind @param {string} text */
function make(kind, text, className = '') {
  const element = document.createElement(kind);
  element.textContent = text;
  element.className = className;
  return element;
}
