/** The worst mistakes and the least certain answers, with where the network looked. */

import { html, type Markup, named, type Part, withCode } from '../../../html.js';
import type { ChosenImages, ShownImage } from '../chosen-images.js';
import { percent, whole } from '../format.js';
import { note } from '../parts.js';
import type { Thumbnail } from '../thumbnails.js';

export function imagesPart({ worst, mistakes, unsure, noLook }: ChosenImages): Markup {
  const which =
    worst.length < mistakes ? `The ${worst.length} surest of ${whole(mistakes)} mistakes.` : '';
  const legend = noLook
    ? note(withCode(noLook))
    : html`<p class="lead">Beside each photo: what the network saw of it, dark where it did not look for its answer (Grad-CAM).</p>`;
  return html`<h4>Worst mistakes</h4>
${worst.length === 0 ? note('No mistakes.') : html`<p>${which}</p>${legend}${list(worst)}`}
<h4>Least certain answers</h4>
<p>The two best classes have nearly the same probability.</p>
${list(unsure)}`;
}

const list = (images: readonly ShownImage[]): Markup =>
  html`<ul class="photos">${images.map(item)}</ul>`;

function item({ path, truth, prediction, probability, second, photo, look }: ShownImage): Markup {
  const isRight = truth === prediction;
  const answer = html`${named(prediction)} ${percent(probability, 0)}`;
  const verdict = isRight
    ? html`<p class="right"><span aria-hidden="true">✓</span> said, rightly: ${answer}</p>`
    : html`<p class="wrong"><span aria-hidden="true">✗</span> said: ${answer}</p>`;
  const pictures =
    photo === undefined
      ? html`<p>(no picture)</p>`
      : [
          picture(photo, `Photo of ${truth}`),
          look && picture(look, `Where the network looked for ${prediction}`),
        ];
  return html`<li><div class="pair">${pictures}</div>${verdict}<p>is: ${named(truth)}; second: ${named(second.name)} ${percent(second.probability, 0)}</p><span class="name">${named(path)}</span></li>`;
}

/** A picture with what it shows. */
export const picture = ({ address, width, height }: Thumbnail, words: string): Part =>
  html`<img src="${address}" width="${width / 2}" height="${height / 2}" alt="${words}" decoding="async">`;
