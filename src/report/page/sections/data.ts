/** The data set: balance, sizes, the same image twice, unreadable images and suspected labels. */

import { html, type Markup, named, type Part } from '../../../html.js';
import { classBalanceChart, imageSizesChart } from '../../charts/index.js';
import { chartWidth } from '../chart-width.js';
import type { DataFacts, TaskDoubts } from '../data-facts.js';
import { bytes, decimal, percent, whole } from '../format.js';
import { facts, figure, more, note, type Section, table } from '../parts.js';
import { picture } from './images.js';

/** Names in lists that may be long. */
const mostListed = 50;

export async function dataSection(data: DataFacts | undefined): Promise<Section> {
  const content =
    data === undefined
      ? note(
          html`The data set is not at hand: <code>npx bobbin report RUN --data FOLDER</code> shows its balance, its sizes and what is wrong with it.`,
        )
      : html`${overview(data)}
<h3>Balance of the classes</h3>
${data.balance.map((sentence) => html`<p>${sentence}</p>`)}
<div class="figures">${await balance(data)}</div>
<h3>Sizes of the images</h3>
${await sizes(data)}
<h3>Nearly the same images</h3>
${similarPairs(data)}
<h3>Unreadable images</h3>
${unreadable(data)}
<h3>Suspected labels</h3>
${suspects(data)}`;
  return { id: 'data', title: 'Data set', content };
}

function overview({
  root,
  images,
  bytes: size,
  shared,
  acrossSplits,
  questions,
  folds,
}: DataFacts) {
  const across =
    acrossSplits === 0
      ? 'none'
      : html`${whole(acrossSplits)}: a network of several tasks may have seen them`;
  return facts([
    ['folder of the images', named(root)],
    ['different images', html`${whole(images)}${size > 0 ? `, ${bytes(size)}` : ''}`],
    ['labelled for several tasks', whole(shared)],
    ['in training of one task and validation of another', across],
    ['the same image twice in a task', 'none: prepare keeps one of each'],
    ['questions', whole(questions)],
    ['folds', folds === undefined ? 'none' : `${folds}`],
  ]);
}

async function balance({ tasks }: DataFacts): Promise<Part> {
  const figures: Part[] = [];
  for (const { name, classes, train, validation } of tasks) {
    const { svg } = await classBalanceChart({
      title: name,
      classes: classes.map(({ name: own, ...images }) => ({ name: own, images })),
      width: chartWidth.narrow,
    });
    figures.push(
      figure({
        chart: svg,
        caption: `${whole(train)} training and ${whole(validation)} validation images by class.`,
        numbers: {
          caption: `Images of each class of ${name}`,
          columns: [
            { title: 'class' },
            { title: 'training', isNumber: true },
            { title: 'validation', isNumber: true },
          ],
          rows: classes.map((each) => [
            named(each.name),
            whole(each.train),
            whole(each.validation),
          ]),
        },
      }),
    );
  }
  return figures;
}

async function sizes({ sizes: found, measured }: DataFacts): Promise<Part> {
  if (found.length === 0) {
    return note('They were not looked at.');
  }
  const { svg } = await imageSizesChart({
    title: 'Width and height',
    sizes: found,
    width: chartWidth.narrow,
  });
  const most = [...found].sort((a, b) => b.images - a.images).slice(0, 10);
  return html`<div class="figures">${figure({
    chart: svg,
    caption: `Of ${whole(measured)} images, in pixels.`,
    numbers: {
      caption: 'The most frequent sizes',
      columns: ['width', 'height', 'images'].map((title) => ({ title, isNumber: true })),
      rows: most.map(({ width, height, images }) => [whole(width), whole(height), whole(images)]),
    },
  })}</div>`;
}

function similarPairs({ similar }: DataFacts): Part {
  if (similar === undefined) {
    return note(
      html`Nobody has looked for them: <code>npx bobbin prepare SOURCE --out DATA --similar</code> compares validation images and questions with training images.`,
    );
  }
  return similar.length === 0
    ? note('No validation image or question is nearly the same as a training image.')
    : table({
        caption: `${whole(similar.length)} images that are nearly the same as a training image: scores may be too high`,
        columns: [
          { title: 'image' },
          { title: 'of' },
          { title: 'training image' },
          { title: 'cosine of the features', isNumber: true },
        ],
        rows: similar
          .slice(0, mostListed)
          .map(({ split, image, training, cosine }) => [
            named(image),
            split,
            named(training),
            decimal(cosine),
          ]),
      });
}

function unreadable({ unreadable: found, measured }: DataFacts): Part {
  if (found.length + measured === 0) {
    return note('They were not looked at.');
  }
  return found.length === 0
    ? note(
        `None of the ${whole(measured)} images whose beginning was read, and none that prepare --check left out.`,
      )
    : table({
        caption: `${whole(found.length)} images cannot be read`,
        columns: [{ title: 'image' }, { title: 'reason' }],
        rows: found.slice(0, mostListed).map(({ path, reason }) => [named(path), reason]),
      });
}

function suspects({ doubts }: DataFacts): Part {
  if (doubts.length === 0) {
    return note('Without predictions of the validation images no label can be doubted.');
  }
  const explanation = html`<p>Validation images that the network confidently takes for another class than their label (confident learning). Look at them before you correct a label: the network may be wrong, too.</p>`;
  return [explanation, ...doubts.map(taskSuspects)];
}

function taskSuspects({ task, images, labels }: TaskDoubts): Markup {
  const shown = labels.filter(({ photo }) => photo !== undefined);
  const share = percent(labels.length / images);
  const words =
    labels.length === 0 ? 'none' : `${whole(labels.length)} of ${whole(images)} (${share})`;
  const items = shown.map(({ photo, label, suggestion, probability, path }) => {
    const own = photo && picture(photo, `Photo labelled ${label}`);
    return html`<li><div class="pair">${own}</div><p>label: ${named(label)}</p><p>seems: ${named(suggestion)} ${percent(probability, 0)}</p><span class="name">${named(path)}</span></li>`;
  });
  const list = table({
    caption: `Suspected labels of ${task}, the most suspicious first`,
    columns: [
      { title: 'image' },
      { title: 'label' },
      { title: 'seems' },
      { title: 'probability', isNumber: true },
    ],
    rows: labels
      .slice(0, mostListed)
      .map(({ path, label, suggestion, probability }) => [
        named(path),
        named(label),
        named(suggestion),
        percent(probability, 0),
      ]),
  });
  return html`<h4>${named(task)}: ${words}</h4>${items.length > 0 ? html`<ul class="photos">${items}</ul>` : undefined}${labels.length > 0 ? more('All of them', list) : undefined}`;
}
