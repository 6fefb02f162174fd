/** Runs a client, as its one argument says in JSON, and sends what it measured to the process that forked this one. */
const assert = require('node:assert/strict');
const fs = require('node:fs');

async function measure({ client, engine, rounds, photo: { file, shape } }) {
  if (engine !== 'tfjs-node') {
    await require('./plain-tfjs.cjs').usePlainTfjs(engine);
  }
  const tf = require('@tensorflow/tfjs-node');
  const run = await require(`./clients/${client}.cjs`).load();
  const photo = tf.tensor3d(fs.readFileSync(file), shape, 'int32');
  const measured = { outputs: {}, seconds: [], tensors: [] };
  for (let round = 0; round <= rounds; round++) {
    const began = performance.now();
    measured.outputs = await run(photo);
    measured.seconds.push((performance.now() - began) / 1000);
    measured.tensors.push(tf.memory().numTensors);
  }
  const backend = engine === 'tfjs-node' ? 'tensorflow' : engine;
  assert.equal(tf.getBackend(), backend);
  const cores = Object.keys(require.cache).filter((file) => file.endsWith('/tf-core.node.js'));
  assert.equal(cores.length, 1, `Expected one copy of tfjs-core but received ${cores}`);
  return measured;
}

void measure(JSON.parse(process.argv[2])).then((measured) => process.send(measured));
