/** Reads Parquet files in the form in which Hugging Face stores images: `image` {bytes, path}, and a class column. */

import type { AsyncBuffer, ColumnChunk, FileMetaData, SchemaTree } from 'hyparquet';
import { openRegular } from '../../disk/index.js';
import { expected, InvalidInputError } from '../../errors.js';
import { boundedCompressors, checkUnpacked, mostUnpacked } from '../files/parquet-compression.js';
import { type Label, labelFrom } from './label.js';

/** Of a row group; pyarrow's default. */
const mostRows = 2 ** 20;
/** The most that one read can take. */
const mostBytes = 2 ** 31 - 1;

/** One row of a file; its image or its class may be absent. */
export interface ParquetRow {
  /** From 0, in its file. */
  row: number;
  image?: Uint8Array;
  /** The name of the image's file; a row may have it instead of the image. */
  imagePath?: string;
  label?: Label;
}

/** A file whose columns are known; its rows are read on demand. */
export interface ParquetFile {
  path: string;
  /** Names of the class numbers, where the file has them. */
  classes?: string[];
  rowGroups: number;
  /** Class columns that are not used. */
  others: string[];
  /** The rows of one group, from 0, which is held in memory as a whole; without `images`, only their labels. */
  read(group: number, options: { images: boolean }): Promise<ParquetRow[]>;
}

/** A column's description by Hugging Face's `datasets`, in the file's metadata. */
interface Feature {
  _type?: unknown;
  names?: unknown;
}

/**
 * Opens a file and finds its columns. The class column is a declared `ClassLabel`, preferably one called `label` or `labels`,
 * or else an undeclared column of that name.
 *
 * @throws InvalidInputError naming the file, where it is damaged, is not Parquet, or lacks one of the two columns.
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  // hyparquet is an ES module, which CommonJS cannot require before Node 20.19.
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import('hyparquet');
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
      const place = `row group ${group} of ${path}`;
      const packed = checkSizes(place, metadata.row_groups[group]?.columns ?? [], columns);
      const most = mostUnpacked(Math.min(packed, file.byteLength));
      return reading(`${path}, row group ${group}`, async () => {
        const [rowStart, rowEnd] = rowsOf(metadata, group);
        const compressors = await boundedCompressors(most, place);
        const from = { file, metadata, compressors, utf8: false };
        const rows = await parquetReadObjects({ ...from, columns, rowStart, rowEnd });
        // Rows may share one image of a dictionary.
        checkUnpacked(sum(rows.map((row) => row[image]?.bytes?.length ?? 0)), most, place);
        return rows.map((row, index) => ({
          row: rowStart + index,
          image: row[image]?.bytes ?? undefined,
          imagePath: textOf(row[image]?.path),
          label: labelOf(row[label], `${path}, row ${rowStart + index}`),
        }));
      });
    },
  };
}

/**
 * The compressed bytes of `columns`.
 *
 * @throws InvalidInputError for a chunk of one of them that is too large to be read at once.
 */
function checkSizes(place: string, chunks: readonly ColumnChunk[], columns: string[]): number {
  let packed = 0;
  for (const { meta_data: chunk } of chunks) {
    const [column = ''] = chunk?.path_in_schema ?? [];
    const size = Number(chunk?.total_compressed_size ?? 0);
    if (!columns.includes(column)) {
      continue;
    }
    if (size > mostBytes) {
      const remedy = 'Write the file again in smaller row groups, pyarrow by row_group_size=100';
      throw expected(`at most ${mostBytes} bytes`, `column ${column} in ${place}`, size, remedy);
    }
    packed += size;
  }
  return packed;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** A file as hyparquet reads it. */
async function fileBuffer(path: string): Promise<AsyncBuffer> {
  const { handle, size } = await openRegular(path);
  await handle.close();
  return {
    byteLength: size,
    slice(start, end = size) {
      const bytes = readRange(path, size, start, end);
      // hyparquet starts all reads at once and ignores the others when one fails; their errors must not go unhandled.
      bytes.catch(() => {});
      return bytes;
    },
  };
}

/** Checks that the file has the bytes before it allocates memory for them. */
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
  const { handle } = await openRegular(path);
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
  // The objects of more rows would fill the memory, even with little in them.
  if (!(last >= 0 && last <= mostRows)) {
    throw new Error(`has ${last} rows, more than ${mostRows}`);
  }
  const start = sum(counts);
  return [start, start + last];
}

/** @throws InvalidInputError naming the row, for a value that is no class. */
function labelOf(value: unknown, place: string): Label | undefined {
  try {
    return labelFrom(value);
  } catch (error) {
    const remedy = 'Bobbin reads class numbers and class names: write one of them for each row';
    throw new InvalidInputError(`${place} ${(error as Error).message}. ${remedy}`);
  }
}

const textOf = (value: unknown): string | undefined =>
  value instanceof Uint8Array ? Buffer.from(value).toString() : (value as string | undefined);

/** Turns any error of hyparquet, which a damaged file may cause, into one that names the place. */
async function reading<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof InvalidInputError) {
      throw cause;
    }
    const { message } = cause as Error;
    const fault = message.includes('unsupported')
      ? 'has a form that Bobbin does not read: write it again with the defaults of pyarrow'
      : 'is damaged, or is not Parquet';
    throw new InvalidInputError(`${place} ${fault}: ${message}`, { cause });
  }
}

function featuresOf({ key_value_metadata: entries }: FileMetaData): Record<string, Feature> {
  const text = entries?.find(({ key }) => key === 'huggingface')?.value;
  try {
    return JSON.parse(text ?? '{}')?.info?.features ?? {};
  } catch {
    // Without this description, columns are found by their names.
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
  // A file may also have masks, stored in the same way as images.
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
