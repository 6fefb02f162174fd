/** Reads Parquet files in the form that Hugging Face stores images in: `image` {bytes, path}, and a class beside it. */
import { open, stat } from 'node:fs/promises';
import {
  type AsyncBuffer,
  type ColumnChunk,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { expected, InvalidInputError } from '../../errors.js';
import { type Label, labelFrom } from './label.js';

const mostRows = 2 ** 22;
/** One read takes no more. */
const mostBytes = 2 ** 31 - 1;

/** One row of a data set; an image or a class may be absent. */
export interface ParquetRow {
  /** From 0, in its file. */
  row: number;
  image?: Uint8Array;
  label?: Label;
}

/** A file whose columns are known; its rows are read on demand. */
export interface ParquetFile {
  path: string;
  /** Names of the class numbers, where the file says them. */
  classes?: string[];
  rowGroups: number;
  /** Class columns that are not used. */
  others: string[];
  /** The rows of one group (from 0), which is in memory as a whole; without `images` the labels alone. */
  read(group: number, options: { images: boolean }): Promise<ParquetRow[]>;
}

/** What Hugging Face's `datasets` says of a column in the file's metadata. */
interface Feature {
  _type?: unknown;
  names?: unknown;
}

/**
 * @throws InvalidInputError naming the file, where it is no Parquet file, is damaged, or has no column of embedded images
 * or no column of classes: a `ClassLabel`, one called `label` or `labels` first, else one so called.
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  const file = await fileBuffer(path);
  const metadata = await reading(path, () => parquetMetadataAsync(file, { geoparquet: false }));
  const columns = await reading(path, async () => parquetSchema(metadata).children);
  const features = featuresOf(metadata);
  const names = columns.map(({ element }) => element.name).join(', ');
  const image = imageColumn(columns, features);
  if (image === undefined) {
    throw expected('a column of images {bytes, path}', `columns of ${path}`, names);
  }
  const [label, ...others] = classColumns(columns, features);
  if (label === undefined) {
    throw expected('a column called label', `columns of ${path}`, names);
  }
  return {
    path,
    classes: namesOf(features[label]),
    rowGroups: metadata.row_groups.length,
    others,
    read: async (group, { images }) => {
      const columns = images ? [image, label] : [label];
      checkSizes(
        `row group ${group} of ${path}`,
        metadata.row_groups[group]?.columns ?? [],
        columns,
      );
      return reading(`${path}, row group ${group}`, async () => {
        const [rowStart, rowEnd] = rowsOf(metadata, group);
        const from = { file, metadata, compressors, utf8: false };
        const rows = await parquetReadObjects({ ...from, columns, rowStart, rowEnd });
        return rows.map((row, index) => ({
          row: rowStart + index,
          image: row[image]?.bytes ?? undefined,
          label: labelFrom(row[label]),
        }));
      });
    },
  };
}

/** @throws InvalidInputError for a chunk of a wanted column that is too large to be read at once. */
function checkSizes(place: string, chunks: readonly ColumnChunk[], columns: string[]): void {
  for (const { meta_data: chunk } of chunks) {
    const [column = ''] = chunk?.path_in_schema ?? [];
    const size = Number(chunk?.total_compressed_size ?? 0);
    if (size <= mostBytes || !columns.includes(column)) {
      continue;
    }
    const remedy = 'Write the file again in smaller row groups, pyarrow by row_group_size=100';
    throw expected(`at most ${mostBytes} bytes`, `column ${column} in ${place}`, size, remedy);
  }
}

/** What the reader takes for a file. */
async function fileBuffer(path: string): Promise<AsyncBuffer> {
  const { size } = await stat(path);
  return {
    byteLength: size,
    slice(start, end = size) {
      const bytes = readRange(path, size, start, end);
      // The reader starts all its reads at once; where one fails it never looks at the rest.
      bytes.catch(() => {});
      return bytes;
    },
  };
}

/** Asks for no memory before it is sure that the file goes so far. */
async function readRange(
  path: string,
  size: number,
  start: number,
  end: number,
): Promise<ArrayBuffer> {
  if (!(start >= 0 && start <= end && end <= size)) {
    throw new Error(`bytes ${start} to ${end} are not in the file, which has ${size}`);
  }
  const bytes = new Uint8Array(end - start);
  const handle = await open(path);
  try {
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    if (bytesRead < bytes.length) {
      throw new Error('the file became shorter while it was read');
    }
    return bytes.buffer;
  } finally {
    await handle.close();
  }
}

/** First row of a group, and the one after its last. */
function rowsOf({ row_groups: groups }: FileMetaData, group: number): [number, number] {
  const counts = groups.slice(0, group + 1).map((each) => Number(each.num_rows));
  const last = counts.pop() ?? 0;
  // Objects of so many rows would fill the memory, whatever is in them.
  if (!(last >= 0 && last <= mostRows)) {
    throw new Error(`has ${last} rows, more than ${mostRows}`);
  }
  const start = counts.reduce((sum, count) => sum + count, 0);
  return [start, start + last];
}

/** Whatever the reader throws at a damaged file, as an error that names it. */
async function reading<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { message } = cause as Error;
    throw new InvalidInputError(`${place} is damaged, or no Parquet: ${message}`, { cause });
  }
}

function featuresOf({ key_value_metadata: entries }: FileMetaData): Record<string, Feature> {
  const text = entries?.find(({ key }) => key === 'huggingface')?.value;
  try {
    return JSON.parse(text ?? '{}')?.info?.features ?? {};
  } catch {
    // Only a help: without it columns are known by their names.
    return {};
  }
}

function namesOf(feature: Feature | undefined): string[] | undefined {
  const names = feature?.names;
  const given = Array.isArray(names) && names.every((name) => typeof name === 'string');
  return given ? names : undefined;
}

function imageColumn(
  columns: readonly SchemaTree[],
  features: Record<string, Feature>,
): string | undefined {
  const embedded = columns.filter(({ children }) =>
    children.some(({ element }) => element.name === 'bytes' && element.type === 'BYTE_ARRAY'),
  );
  const names = embedded.map(({ element }) => element.name);
  const declared = names.filter((name) => features[name]?._type === 'Image');
  const candidates = declared.length > 0 ? declared : names;
  // Beside an image there may be its mask, stored in the same way.
  return ['image', 'img'].find((name) => candidates.includes(name)) ?? candidates[0];
}

function classColumns(columns: readonly SchemaTree[], features: Record<string, Feature>): string[] {
  const names = columns
    .filter(({ children }) => children.length === 0)
    .map(({ element }) => element.name);
  const usual = ['label', 'labels'].filter((name) => names.includes(name));
  const declared = names.filter((name) => features[name]?._type === 'ClassLabel');
  return [...new Set([...usual.filter((name) => declared.includes(name)), ...declared, ...usual])];
}
