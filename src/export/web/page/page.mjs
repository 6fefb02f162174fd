/** The page of an export: takes a photo, classifies it on this device, and shows the classes. */

import { show } from './answers.mjs';
import { choose, start } from './backends.mjs';
import { classify, decode, load } from './classify.mjs';

/** @import { Classifier } from './classify.mjs' */

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** The model on the chosen backend, the photo, and the work that goes on with them. */
const state = {
  /** @type {Promise<Classifier> | undefined} */
  classifier: undefined,
  /** @type {File | undefined} */
  photo: undefined,
  /** Counts what was asked for: neither an answer nor an error of an earlier request is shown. */
  request: 0,
};

/** @param {string} text */
const say = (text) => {
  element('status').textContent = text;
};

/**
 * Begins work in the place of all before it, and shows its error.
 *
 * @param {(isLatest: () => boolean) => Promise<void>} work
 */
function attended(work) {
  state.request += 1;
  const { request } = state;
  const isLatest = () => request === state.request;
  element('fault').textContent = '';
  work(isLatest).catch((error) => {
    if (isLatest()) {
      say('');
      element('fault').textContent = error instanceof Error ? error.message : String(error);
    }
  });
}

/** @param {() => boolean} isLatest */
async function loadModel(isLatest) {
  const backend = choose();
  say('Loading the model …');
  // One after the other, so that tfjs is left with the backend that was chosen last.
  state.classifier = freed(state.classifier)
    .then(() => start(backend))
    .then(() => load('.', (share) => say(`Loading the model: ${Math.round(100 * share)} %`)));
  await state.classifier;
  if (isLatest()) {
    say('Ready: choose a photo.');
  }
}

/** @param {Promise<Classifier> | undefined} earlier */
async function freed(earlier) {
  const loaded = await earlier?.catch(() => undefined);
  loaded?.model.dispose();
}

/** Classifies the photo that was chosen last. @param {() => boolean} isLatest */
async function answer(isLatest) {
  const { photo, classifier } = state;
  const loaded = await classifier;
  if (photo === undefined || loaded === undefined || !isLatest()) {
    return;
  }
  say(`Classifying ${photo.name} …`);
  // The browser draws the words before the work holds it.
  await new Promise((resolve) => setTimeout(resolve, 30));
  const picture = await decode(photo).catch(() => {
    throw new Error(`${photo.name} is not an image that this browser can read.`);
  });
  if (!isLatest()) {
    picture.close();
    return;
  }
  const began = performance.now();
  const answers = await classify(loaded, picture).finally(() => picture.close());
  const milliseconds = Math.round(performance.now() - began);
  if (isLatest()) {
    say(show(element('answers'), answers));
    element('time').textContent = `${milliseconds} ms`;
  }
}

/** @param {File | null | undefined} file */
function take(file) {
  if (!file) {
    return;
  }
  state.photo = file;
  const image = /** @type {HTMLImageElement} */ (element('photo'));
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(file);
  image.alt = `The photo: ${file.name}`;
  image.hidden = false;
  element('invitation').hidden = true;
  attended(answer);
}

/** Each button opens the file input behind it, so that the keyboard reaches both in the same way. */
function listenToButtons() {
  for (const name of ['choose', 'take']) {
    const input = /** @type {HTMLInputElement} */ (element(`${name}-input`));
    element(name).addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      take(input.files?.[0]);
      // The same file may be chosen again.
      input.value = '';
    });
  }
}

function listenToDrops() {
  const place = element('place');
  for (const kind of ['dragenter', 'dragover']) {
    addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.add('over');
    });
  }
  for (const kind of ['dragleave', 'drop']) {
    addEventListener(kind, () => place.classList.remove('over'));
  }
  addEventListener('drop', (event) => {
    event.preventDefault();
    take(/** @type {DragEvent} */ (event).dataTransfer?.files[0]);
  });
  addEventListener('paste', (event) => take(event.clipboardData?.files[0]));
}

listenToButtons();
listenToDrops();
element('backends').addEventListener('change', () =>
  attended(async (isLatest) => {
    await loadModel(isLatest);
    await answer(isLatest);
  }),
);
element('loading').hidden = true;
element('work').hidden = false;
attended(loadModel);
