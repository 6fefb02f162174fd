/** The export for browsers: a model of plain tfjs and the page that classifies with it. */
import path from 'node:path';
import { shellWord } from '../../dataset/index.js';
import { headsOf } from '../../model/index.js';
import type { ExportFormat } from '../format.js';
import { compute } from './compute.js';
import { writeModelJson } from './model-json.js';
import { writePageFiles } from './page-files.js';

/** Where the model is in the folder of an export. */
const modelFolder = 'model';

/** Without quantization only the order of sums differs from Bobbin's. */
const bounds = { float32: 1e-4, uint16: 1e-3, uint8: 0.1 } as const;

export const web: ExportFormat = {
  name: 'web',
  help: 'a page that classifies photos in the browser by tfjs, with its model',
  bound: ({ quantize }) => bounds[quantize ?? 'float32'],
  async write(classifier, folder, { quantize }) {
    const bytes = await writeModelJson(classifier, path.join(folder, modelFolder), quantize);
    const { network, preprocessing } = classifier;
    const tasks = headsOf(classifier);
    await writePageFiles(folder, { network, tasks, crop: preprocessing.crop, bytes, quantize });
  },
  compute: (folder, images) => compute(path.join(folder, modelFolder), images),
  nextStep: (folder) =>
    `\`python3 -m http.server --directory ${shellWord(folder)}\`, then open http://localhost:8000`,
};
