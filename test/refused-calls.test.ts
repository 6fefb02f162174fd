/** What each function of the API says to an unknown name, a missing value and a value of another kind. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as bobbin from '../src/index.js';

type Call = (...args: unknown[]) => unknown;
const { AdamW, Lion, Sgd } = bobbin;
const {
  accuracy,
  changesSince,
  checkImages,
  chooseAugment,
  configure,
  createLoader,
  drawCurves,
  drawMistakes,
  ensemble,
  extractFeatures,
  fetchFromHub,
  findLearningRate,
  fit,
  importNetwork,
  jit,
  jsonLines,
  linearProbe,
  loadManifest,
  loadSavedModel,
  nearestNeighbours,
  prepare,
  saveClassifier,
  serve,
  similarImages,
  submit,
  synthesize,
  tensorBoard,
  tensors,
  tune,
  verifySubmission,
  writeSubmission,
} = bobbin as unknown as Record<string, Call>;

const preprocessing = { resize: 8, crop: 8, mean: [0, 0, 0], std: [1, 1, 1], channels: 'rgb' };
const loading = { samples: [{ path: '/a.jpg', label: 0 }], preprocessing };
const submitting = { source: 's', out: 'o', seed: 1, validationFraction: 0.1, training: {} };
const written = { manifest: {}, answers: new Map(), out: 'o' };

/** A call, the property or function that has the unknown name, that name, and the one that is meant. */
const misspelt: [Call | undefined, unknown[], string, string, string][] = [
  [createLoader, [{ ...loading, batchsize: 1 }], 'createLoader', 'batchsize', 'batchSize'],
  [
    createLoader,
    [{ ...loading, augmentation: { rotaton: 9 } }],
    'augmentation',
    'rotaton',
    'rotation',
  ],
  [
    createLoader,
    [{ ...loading, preprocessing: { ...preprocessing, meen: 1 } }],
    'preprocessing',
    'meen',
    'mean',
  ],
  [extractFeatures, [{ file: [] }], 'extractFeatures', 'file', 'files'],
  [linearProbe, [{ labls: [] }], 'linearProbe', 'labls', 'labels'],
  [nearestNeighbours, [{ querys: [] }], 'nearestNeighbours', 'querys', 'queries'],
  [similarImages, [{ treshold: 1 }], 'similarImages', 'treshold', 'threshold'],
  [fetchFromHub, ['hf:a/b', { want: 'network' }], 'fetchFromHub', 'want', 'wants'],
  [importNetwork, ['net.onnx', { out: 'o', nam: 'net' }], 'importNetwork', 'nam', 'name'],
  [
    importNetwork,
    ['net.onnx', { out: 'o', preprocessing: { cropshare: 1 } }],
    'preprocessing',
    'cropshare',
    'cropShare',
  ],
  [prepare, ['source', { out: 'o', sed: 1 }], 'prepare', 'sed', 'seed'],
  [loadManifest, ['data', { image: 'new' }], 'loadManifest', 'image', 'images'],
  [checkImages, [[], { thread: 1 }], 'checkImages', 'thread', 'threads'],
  [chooseAugment, [{ file: [] }], 'chooseAugment', 'file', 'files'],
  [changesSince, [{ manifest: {}, checkHash: true }], 'changesSince', 'checkHash', 'checkHashes'],
  [synthesize, ['out', { imagesPerTasks: 9 }], 'synthesize', 'imagesPerTasks', 'imagesPerTask'],
  [submit, [{ ...submitting, model: 2 }], 'submit', 'model', 'models'],
  [submit, [{ ...submitting, training: { epoch: 2 } }], 'training', 'epoch', 'epochs'],
  [submit, [{ ...submitting, training: { model: { sise: 2 } } }], 'model', 'sise', 'size'],
  [submit, [{ ...submitting, observer: { onEpoc() {} } }], 'observer', 'onEpoc', 'onEpoch'],
  [writeSubmission, [{ ...written, answer: {} }], 'writeSubmission', 'answer', 'answers'],
  [serve, [{ batchsize: 8 }], 'serve', 'batchsize', 'batchSize'],
  [jit, [() => {}, { maxTrace: 1 }], 'jit', 'maxTrace', 'maxTraces'],
  [configure, [{ gpuDevices: 1 }], 'configure', 'gpuDevices', 'gpuDevice'],
  [(given) => new Sgd([], given as object), [{ momentm: 0 }], 'Sgd', 'momentm', 'momentum'],
  [(given) => new AdamW([], given as object), [{ beta: 0 }], 'AdamW', 'beta', 'beta1'],
  [(given) => new Lion([], given as object), [{ beta: 0 }], 'Lion', 'beta', 'beta1'],
  [fit, [{}, {}, { epoch: 1 }], 'fit', 'epoch', 'epochs'],
  [findLearningRate, [{ step: 9 }], 'findLearningRate', 'step', 'steps'],
  [tune, [{ trial: 9 }], 'tune', 'trial', 'trials'],
  [fit, [{}, {}, { jit: { maxTrace: 1 } }], 'jit', 'maxTrace', 'maxTraces'],
  [tensors, [{}, { classes: 2, epochs: 1 }], 'tensors', 'epochs', 'epoch'],
  [loadSavedModel, ['folder', { tag: [] }], 'loadSavedModel', 'tag', 'tags'],
];

for (const [call, args, owner, given, meant] of misspelt) {
  test(`when ${owner} gets ${given}, then ${meant} is named`, async () => {
    const message = `Expected the name of an option for a key of ${owner} but received "${given}". Did you mean ${meant}?`;
    await assert.rejects(async () => call?.(...args), { name: 'InvalidInputError', message });
  });
}

const refused: [Call | undefined, unknown[], string | RegExp][] = [
  [createLoader, [], 'Missing an object of options for createLoader'],
  [createLoader, [{ preprocessing }], 'Missing an array of samples for samples'],
  [
    createLoader,
    [{ ...loading, samples: [] }],
    'Expected at least one image for samples but received []',
  ],
  [
    createLoader,
    [{ samples: loading.samples }],
    'Missing the preprocessing of a model for preprocessing',
  ],
  [
    createLoader,
    [{ ...loading, augmentation: true }],
    'Expected an object of options for augmentation but received true',
  ],
  [importNetwork, [], 'Missing the path of a file, or hf:OWNER/NAME for file'],
  [importNetwork, ['net.onnx', {}], 'Missing a folder for out'],
  [
    importNetwork,
    ['net.onnx', { out: 'o', preprocessing: { mean: 127 } }],
    'Expected three numbers in units of 0…255 for mean but received 127',
  ],
  [
    importNetwork,
    ['/absent/net.onnx', { out: 'o' }],
    'Expected an existing file for file but received "/absent/net.onnx"',
  ],
  [
    importNetwork,
    [import.meta.dirname, { out: 'o' }],
    /^Expected a file for file .* Name the file in it: model.onnx, model.keras, model.h5 or model.json$/,
  ],
  [prepare, [], 'Missing a file or folder for source'],
  [prepare, ['source'], 'Missing an object of options for prepare'],
  [prepare, ['source', {}], 'Missing a folder for out'],
  [loadManifest, [], 'Missing a prepared folder for folder'],
  [saveClassifier, [], 'Missing a classifier for classifier'],
  [saveClassifier, [{ classes: [] }, 'folder'], /^Expected a classifier for classifier but /],
  [
    saveClassifier,
    [{ model: {}, classes: [], preprocessing: {} }],
    'Missing the path of a folder for folder',
  ],
  [tensorBoard, [], 'Missing the path of a folder for folder'],
  [jsonLines, [true], 'Expected the path of a file for file but received true'],
  [drawCurves, [], 'Missing a list of epochs for history'],
  [drawCurves, [[]], 'Missing the path of a file for file'],
  [drawMistakes, ['title'], 'Missing a list of mistakes for mistakes'],
  [ensemble, [], 'Missing a list of predictions for predictions'],
  [accuracy, [], 'Missing probabilities and labels for scored'],
  [accuracy, [{ probabilities: [] }], 'Missing a list of classes for labels'],
  [checkImages, ['a.jpg'], 'Expected an array of images for images but received "a.jpg"'],
  [chooseAugment, [{}], 'Missing an array of paths for files'],
  [changesSince, [], 'Missing an object of options for changesSince'],
  [
    changesSince,
    [{ manifest: 'data' }],
    'Expected a manifest, as loadManifest returns it, for manifest but received "data"',
  ],
  [synthesize, [], 'Missing a folder for out'],
  [synthesize, ['out', { tasks: [] }], /^Expected some of .* for tasks but received \[\]$/],
  [submit, [{ ...submitting, seed: undefined }], 'Missing a number for seed'],
  [submit, [{ ...submitting, training: undefined }], 'Missing the options of train for training'],
  [
    writeSubmission,
    [{ ...written, answers: {} }],
    'Expected a Map of predictions for answers but received {}',
  ],
  [verifySubmission, ['a.zip'], 'Missing an array of files for questionFiles'],
  [jit, [], 'Missing a function for fn'],
  [configure, [null], 'Expected an object of options for configure but received null'],
  [fit, [], 'Missing a model of tfjs for model'],
  [fit, [{}], 'Missing a loader, as createLoader returns it, for loader'],
  [tensors, [{}], 'Missing an object of options for tensors'],
  [tensors, [{}, {}], 'Missing a number for classes'],
];

for (const [call, args, message] of refused) {
  test(`when a call lacks something or has another kind, then: ${message}`, async () => {
    await assert.rejects(async () => call?.(...args), { name: 'InvalidInputError', message });
  });
}
