/** A program of tfjs-node that moves step by step: Bobbin's loader, then `jit`, then `fit`, with the model and `tf` of the alias. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as tf from '@tensorflow/tfjs-node';
import * as bobbin from 'bobbin';

assert.equal(bobbin.tf.engine(), tf.engine());

/** Photos of two classes, dark and bright. */
async function drawSamples() {
  const samples = [];
  for (let i = 0; i < 16; i++) {
    const label = i % 2;
    const path = `${process.cwd()}/photo-${i}.jpg`;
    const photo = tf.fill([24, 24, 3], 60 + 120 * label + i, 'int32');
    fs.writeFileSync(path, await tf.node.encodeJpeg(photo));
    samples.push({ path, label });
  }
  return samples;
}

const samples = await drawSamples();
const preprocessing = {
  resize: 24,
  crop: 24,
  mean: [127, 127, 127],
  std: [127, 127, 127],
  channels: 'rgb',
};
const loader = bobbin.createLoader({ samples, preprocessing, batchSize: 8, shuffle: true });
const model = tf.sequential({
  layers: [
    tf.layers.globalAveragePooling2d({ inputShape: [24, 24, 3], dataFormat: 'channelsLast' }),
    tf.layers.dense({ units: 2, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: tf.train.sgd(0.5), loss: 'categoricalCrossentropy' });

/** The mean loss of an epoch of `step`, a function of images and targets. */
async function epochLoss(epoch, step) {
  const losses = [];
  for await (const batch of loader.epoch(epoch)) {
    const inputs = [bobbin.adoptBatch(batch), bobbin.targetsOf(batch, 2)];
    losses.push(await step(...inputs));
    tf.dispose(inputs);
  }
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

const first = await epochLoss(0, (images, targets) => model.trainOnBatch(images, targets));

const optimizer = tf.train.sgd(0.5);
const jitted = bobbin.jit((images, targets) =>
  optimizer.minimize(
    () => tf.losses.softmaxCrossEntropy(targets, tf.log(model.apply(images))),
    true,
  ),
);
const jitLoss = async (images, targets) => {
  const loss = await jitted.async(images, targets);
  const [value] = await loss.data();
  loss.dispose();
  return value;
};
const second = await epochLoss(1, jitLoss);
assert.ok(second < first, `the jitted epoch's loss ${second} is not below ${first}`);

// What `tf` of tfjs-node draws inside of a jitted function is drawn anew in each call.
const noise = bobbin.jit((shift) => tf.randomNormal([4]).add(shift));
const draws = [1, 2].map(() => noise(tf.scalar(0)).arraySync());
assert.notDeepEqual(draws[0], draws[1]);

const history = await bobbin.fit(model, loader, { epochs: 6 });
const data = bobbin.tensors(loader, { classes: 2 });
const last = await model.fitDataset(data, { epochs: 1, verbose: 0 });
assert.ok(last.history.loss[0] < second, `${first} ${second} ${last.history.loss}`);
assert.equal(history.epoch.length, 6);
loader.close();
