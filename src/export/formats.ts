/** The formats of exports: a new one is a folder with its writer and its line in this list. */
import type { ExportFormat } from './format.js';
import { onnx } from './onnx/index.js';
import { savedmodel } from './savedmodel/index.js';
import { web } from './web/index.js';

export const formats: readonly ExportFormat[] = [web, savedmodel, onnx];

/** The format of a name in {@link formats}. */
export const formatNamed = (wanted: string): ExportFormat =>
  formats.find(({ name }) => name === wanted) as ExportFormat;
