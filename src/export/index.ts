/** The public face of the export stage: a trained classifier as files for other programs. */
export {
  checkExportFolder,
  type Exported,
  type ExportRequest,
  exportModel,
} from './export-model.js';
export { formatNamed } from './formats.js';
export { exportOptions } from './options.js';
export type { Verification } from './verification.js';
