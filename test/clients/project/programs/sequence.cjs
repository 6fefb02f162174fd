/** Trains an LSTM to continue a sentence letter by letter, and lets it write the sentence. */
const assert = require('node:assert/strict');
const tf = require('@tensorflow/tfjs-node');

const sentence = 'the quick brown fox jumps over the lazy dog ';
const letters = [...new Set(sentence)];
const steps = 6;

const encode = (text) => [...text].map((letter) => letters.indexOf(letter));
/** The sentence goes round. */
const windowAt = (first, length) => (sentence + sentence).slice(first, first + length);

function createModel() {
  const model = tf.sequential({
    layers: [
      tf.layers.embedding({
        inputDim: letters.length,
        outputDim: 16,
        inputLength: steps,
        embeddingsInitializer: tf.initializers.randomUniform({ minval: -1, maxval: 1, seed: 1 }),
      }),
      tf.layers.lstm({
        units: 48,
        kernelInitializer: tf.initializers.glorotNormal({ seed: 2 }),
        recurrentInitializer: tf.initializers.glorotNormal({ seed: 3 }),
      }),
      tf.layers.dense({
        units: letters.length,
        activation: 'softmax',
        kernelInitializer: tf.initializers.glorotNormal({ seed: 4 }),
      }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.02), loss: 'sparseCategoricalCrossentropy' });
  return model;
}

/** The sentence, as the model continues its beginning. */
function write(model) {
  let text = sentence.slice(0, steps);
  while (text.length < sentence.length) {
    const next = tf.tidy(() => {
      const input = tf.tensor2d([encode(text.slice(-steps))]);
      return model.predict(input).argMax(-1).dataSync()[0];
    });
    text += letters[next];
  }
  return text;
}

async function main() {
  const firsts = [...sentence].map((_, first) => first);
  const xs = tf.tensor2d(firsts.map((first) => encode(windowAt(first, steps))));
  const ys = tf.tensor1d(firsts.flatMap((first) => encode(windowAt(first + steps, 1))));
  const model = createModel();
  await model.fit(xs, ys, { epochs: 40, batchSize: 11, shuffle: false, verbose: 0 });
  const text = write(model);
  assert.equal(text, sentence);
  console.log(`wrote "${text.trim()}"`);
}

void main();
