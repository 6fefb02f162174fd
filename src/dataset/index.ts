/** The data stage's public face: from label files and folders to a manifest, and a drawn data set to try it on. */
export { type CsvRecord, parseCsv, readCsv } from './csv.js';
export type { Conflict } from './duplicates.js';
export { findQuestionFiles, type QuestionRow, readQuestions } from './fashionai.js';
export { fashionAiTasks } from './fashionai-tasks.js';
export { isHidden } from './folders.js';
export { type ByteRange, type ImageFile, imageFile, imageInput, imageName } from './image-file.js';
export { imagePattern } from './layout.js';
export { loadManifest, manifestFile, resolveSample, samplesOf, saveManifest } from './manifest.js';
export {
  type Prepared,
  type PrepareOptions,
  prepare,
  prepareOptions,
  readSource,
} from './prepare.js';
export { shardFilesIn } from './shards.js';
export type { Summary, TaskSummary } from './summary.js';
export {
  type Synthesized,
  type SynthesizeOptions,
  synthesize,
  synthesizeOptions,
} from './synthesize.js';
export type { Manifest, Question, Sample, Source, Split, Task } from './types.js';
