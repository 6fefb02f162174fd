/** Fits a plane to the rows of a CSV file, read by tf.data, and finds the coefficients that made them. */
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const tf = require('@tensorflow/tfjs-node');

const [slopeA, slopeB, offset] = [3, -2, 0.5];

/** Rows of a, b and the plane's height there. */
function writeRows(file, count) {
  const rows = Array.from({ length: count }, (_, row) => {
    const [a, b] = [Math.sin(row), Math.cos(row * 1.7)];
    return `${a},${b},${slopeA * a + slopeB * b + offset}`;
  });
  fs.writeFileSync(file, `a,b,height\n${rows.join('\n')}\n`);
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'csv-regression-'));
  try {
    const file = path.join(folder, 'plane.csv');
    writeRows(file, 512);
    const rows = tf.data
      .csv(`file://${file}`, { columnConfigs: { height: { isLabel: true } } })
      .map(({ xs, ys }) => ({ xs: Object.values(xs), ys: Object.values(ys) }))
      .shuffle(128, '7')
      .batch(32);
    const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 1 })] });
    model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    await model.fitDataset(rows, { epochs: 12, verbose: 0 });
    const found = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
    for (const [index, right] of [slopeA, slopeB, offset].entries()) {
      assert.ok(
        Math.abs(found[index] - right) < 0.01,
        `Expected ${right} but received ${found[index]}`,
      );
    }
    console.log(`coefficients ${found.map((value) => value.toFixed(3)).join(', ')}`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

void main();
