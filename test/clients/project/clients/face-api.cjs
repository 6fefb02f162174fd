/** face-api with the seven nets inside its package: faces found in two ways, and their marks, expressions, ages and descriptors. */
const path = require('node:path');
const faceapi = require('@vladmandic/face-api');

const { nets } = faceapi;
const models = path.join(
  path.dirname(require.resolve('@vladmandic/face-api/package.json')),
  'model',
);

exports.load = async () => {
  for (const net of [
    nets.ssdMobilenetv1,
    nets.faceLandmark68Net,
    nets.faceExpressionNet,
    nets.ageGenderNet,
    nets.faceRecognitionNet,
    nets.tinyFaceDetector,
    nets.faceLandmark68TinyNet,
  ]) {
    await net.loadFromDisk(models);
  }
  return async (photo) => {
    const faces = await faceapi
      .detectAllFaces(photo, new faceapi.SsdMobilenetv1Options())
      .withFaceLandmarks()
      .withFaceExpressions()
      .withAgeAndGender()
      .withFaceDescriptors();
    const tinyFaces = await faceapi
      .detectAllFaces(photo, new faceapi.TinyFaceDetectorOptions())
      .withFaceLandmarks(true);
    return {
      ...places(faces),
      expressions: faces.flatMap(({ expressions }) => Object.values(expressions)),
      ages: faces.map(({ age }) => age),
      genders: faces.map(({ gender }) => gender),
      genderProbabilities: faces.map(({ genderProbability }) => genderProbability),
      descriptors: faces.flatMap(({ descriptor }) => [...descriptor]),
      tiny: places(tinyFaces),
    };
  };
};

/** Where faces are, in pixels, and how sure face-api is of each. */
const places = (faces) => ({
  boxes: faces.flatMap(({ detection: { box } }) => [box.x, box.y, box.width, box.height]),
  scores: faces.map(({ detection }) => detection.score),
  marks: faces.flatMap(({ landmarks }) => landmarks.positions.flatMap(({ x, y }) => [x, y])),
});
