/** human with eleven of its models: faces, a body, hands, objects and gestures. */
const path = require('node:path');
const tf = require('@tensorflow/tfjs-node');
const { Human } = require('@vladmandic/human');

const models = path.join(path.dirname(require.resolve('@vladmandic/human')), '../models/');

exports.load = async () => {
  const human = new Human({
    backend: tf.getBackend(),
    modelBasePath: `file://${models}`,
    // tfjs's WASM backend finds its own file.
    wasmPath: '',
    // Each run computes everything anew.
    cacheSensitivity: 0,
    face: {
      detector: { maxDetected: 3, rotation: true },
      antispoof: { enabled: true },
      liveness: { enabled: true },
    },
    object: { enabled: true },
  });
  await human.load();
  return async (photo) => {
    const { face, body, hand, object, gesture } = await human.detect(photo);
    return {
      face: {
        ...places(face),
        // Of one face, since they are thousands of numbers.
        mesh: face.slice(0, 1).flatMap(({ mesh }) => mesh.flat()),
        embedding: face.slice(0, 1).flatMap(({ embedding }) => embedding),
        age: face.map(({ age }) => age),
        gender: face.map(({ gender }) => gender),
        emotion: face.flatMap(({ emotion }) => emotion.map((one) => one.emotion)),
        real: face.map(({ real }) => real),
        live: face.map(({ live }) => live),
        rotation: face.flatMap(({ rotation }) => rotation.matrix),
      },
      body: {
        ...places(body),
        parts: body.flatMap(({ keypoints }) => keypoints.map(({ part }) => part)),
        keypoints: body.flatMap(({ keypoints }) => keypoints.flatMap((one) => one.positionRaw)),
      },
      hand: {
        ...places(hand),
        label: hand.map(({ label }) => label),
        keypoints: hand.flatMap(({ keypoints }) => keypoints.flat()),
      },
      object: { ...places(object), label: object.map(({ label }) => label) },
      gesture: gesture.map((one) => one.gesture),
    };
  };
};

/** Boxes as shares of the photo, and how sure human is of each. */
const places = (found) => ({
  box: found.flatMap(({ boxRaw }) => boxRaw),
  score: found.map(({ score }) => score),
});
