/** The public face of the data stage: from folders, shards and label files to a manifest. */

export { type Box, type BoxUnit, boxOptions, isBox } from './boxes/box.js';
export type { GivenBox } from './boxes/fields.js';
export { boxesOnPhotos } from './boxes/on-photos.js';
export { sizeOfBytes } from './boxes/photo-size.js';
export { checkPhotoExists, readBoxes } from './boxes/read.js';
export { type ChangeRequest, changeOptions, changesSince } from './changes.js';
export { mapConcurrently } from './concurrency.js';
export { type FileStamp, fileStamp, stampOf } from './file-stamp.js';
export { type CsvRecord, parseCsv, readCsv } from './files/csv.js';
export { filesBelow, isHidden } from './files/folders.js';
export { shellWord } from './files/shell.js';
export {
  type ByteRange,
  type DamagedImage,
  type ImageFile,
  imageFile,
  imageName,
  readImage,
} from './image-file.js';
export { labelText } from './label-text.js';
export { findQuestionFiles } from './layouts/fashionai.js';
export { fashionAiTasks } from './layouts/fashionai-tasks.js';
export { type LayoutName, layoutForms, layouts } from './layouts/index.js';
export type { OnProgress } from './layouts/layout.js';
export { imageFormats, imagePattern } from './layouts/names.js';
export type { ColumnNames } from './layouts/table/columns.js';
export {
  manifestFile,
  resolveSample,
  resolveSamples,
  samplesOf,
  taskOf,
} from './manifest/manifest.js';
export { type LoadOptions, loadManifest } from './manifest/read.js';
export { saveManifest } from './manifest/write.js';
export { balanceWarnings } from './prepare/balance.js';
export { type CheckImages, readDamaged } from './prepare/damaged.js';
export type { Conflict } from './prepare/duplicates.js';
export { foldsByContent } from './prepare/folds.js';
export { hashFiles } from './prepare/hash.js';
export { prepareOptions } from './prepare/places.js';
export { type Prepared, type PrepareOptions, prepare } from './prepare/prepare.js';
export { fittingLayout, layoutOf, readSource } from './prepare/source.js';
export type { Summary } from './prepare/summary.js';
export { summarizeTasks, type TaskSummary } from './prepare/task-summary.js';
export { checkPresence } from './presence.js';
export { checkQuestionImages } from './questions/asked.js';
export { questionFilesOf, readQuestions } from './questions/read.js';
export { digestOf, digestOfBoxes } from './samples/digest.js';
export { drawSamples } from './samples/draw.js';
export { ImageColumns, type ImageList } from './samples/image-columns.js';
export { SampleTable } from './samples/sample-table.js';
export type {
  LabelFile,
  Labels,
  Manifest,
  Question,
  QuestionRow,
  Sample,
  Samples,
  Source,
  Split,
  Task,
} from './types.js';
export { mostFolds } from './types.js';
