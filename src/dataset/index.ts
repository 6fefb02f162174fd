/** The public face of the data stage: from folders, shards and label files to a manifest. */

export { mapConcurrently } from './concurrency.js';
export { type FileStamp, stampOf } from './file-stamp.js';
export { type CsvRecord, parseCsv, readCsv } from './files/csv.js';
export { isHidden } from './files/folders.js';
export { type ByteRange, type ImageFile, imageFile, imageInput, imageName } from './image-file.js';
export { findQuestionFiles, type QuestionRow, readQuestions } from './layouts/fashionai.js';
export { fashionAiTasks } from './layouts/fashionai-tasks.js';
export { type LayoutName, layoutForms, layouts } from './layouts/index.js';
export { imagePattern } from './layouts/names.js';
export { loadManifest, manifestFile, resolveSample, samplesOf, saveManifest } from './manifest.js';
export type { Conflict } from './prepare/duplicates.js';
export {
  type Prepared,
  type PrepareOptions,
  prepare,
  prepareOptions,
} from './prepare/prepare.js';
export { layoutOf, readSource } from './prepare/source.js';
export type { Summary, TaskSummary } from './prepare/summary.js';
export type { Manifest, Question, Sample, Source, Split, Task } from './types.js';
