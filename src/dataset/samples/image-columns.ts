/** Where many images are, in a few arrays of numbers and bytes instead of an object each. */
import type { Box } from '../boxes/box.js';
import type { ByteRange, ImageFile } from '../image-file.js';
import { grown, grownBuffer } from './grown.js';

/** The arrays, for the native loader. It reads them where they are, so they must not change while it does. */
export interface ImageList {
  /** The folder from which relative paths start; '' if all are absolute. */
  root: string;
  /** All paths as UTF-8, one after the other. */
  paths: Uint8Array;
  /** The byte of `paths` where each path ends; the next one begins there. */
  ends: Float64Array;
  /** [images]: the index of each image's path. */
  files: Uint32Array;
  /** [images, 2]: offset and length of each image in its file, in bytes; length 0 is the whole file. Empty if all are 0. */
  extents: Float64Array;
  /** [images, 4]: the {@link Box} of each image; zeros for the whole image. Empty if all are whole. */
  boxes: Int32Array;
}

/** The most bytes of UTF-8 that one UTF-16 code unit takes. */
const bytesOfUnit = 3;

/** A box has a width, also where its columns have not grown to its image. */
const isEmpty = ([x0 = 0, , x1 = 0]: Int32Array): boolean => x0 === x1;

/** See the file's heading. Images are added at the end. The path of a shard is stored once. */
export class ImageColumns {
  length = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private ends = new Float64Array(0);
  private paths = 0;
  private files = new Uint32Array(0);
  private extents = new Float64Array(0);
  private boxes = new Int32Array(0);
  private readonly shards = new Map<string, number>();

  static from(images: Iterable<ImageFile>): ImageColumns {
    const columns = new ImageColumns();
    for (const image of images) {
      columns.add(image);
    }
    return columns;
  }

  /** Whether an image has a box. */
  get haveBoxes(): boolean {
    return this.boxes.length > 0;
  }

  add({ path, range, box }: ImageFile): void {
    if (this.length === this.files.length) {
      this.files = grown(this.files, 16);
      if (this.extents.length > 0) {
        this.extents = grown(this.extents, 2 * this.files.length);
      }
      if (this.haveBoxes) {
        this.boxes = grown(this.boxes, 4 * this.files.length);
      }
    }
    this.files[this.length] = range ? this.shard(path) : this.addPath(path);
    if (range) {
      this.setRange(this.length, range);
    }
    if (box) {
      this.setBox(this.length, box);
    }
    this.length += 1;
  }

  path(image: number): string {
    const file = this.files[image] as number;
    return this.bytes.toString('utf8', file === 0 ? 0 : this.ends[file - 1], this.ends[file]);
  }

  range(image: number): ByteRange | undefined {
    const length = this.extents[2 * image + 1] ?? 0;
    return length === 0 ? undefined : { offset: this.extents[2 * image] as number, length };
  }

  /** The four numbers of the box, without a copy of them; undefined for a whole image. */
  box(image: number): Int32Array | undefined {
    const box = this.boxes.subarray(4 * image, 4 * image + 4);
    return isEmpty(box) ? undefined : box;
  }

  /** The images of `rows` in this order; by default all. */
  list(root: string, rows?: Uint32Array): ImageList {
    const { bytes, ends, paths, files, extents, boxes, length } = this;
    const list = { root, paths: bytes, ends: ends.subarray(0, paths) };
    if (rows === undefined) {
      return {
        ...list,
        files: files.subarray(0, length),
        extents: extents.subarray(0, 2 * length),
        boxes: boxes.subarray(0, 4 * length),
      };
    }
    const chosen = {
      files: new Uint32Array(rows.length),
      extents: new Float64Array(extents.length === 0 ? 0 : 2 * rows.length),
      boxes: new Int32Array(boxes.length === 0 ? 0 : 4 * rows.length),
    };
    for (let at = 0; at < chosen.files.length; at++) {
      chosen.files[at] = files[rows[at] as number] as number;
    }
    for (let at = 0; at < chosen.extents.length; at++) {
      chosen.extents[at] = extents[2 * (rows[at >> 1] as number) + (at & 1)] as number;
    }
    for (let at = 0; at < chosen.boxes.length; at++) {
      chosen.boxes[at] = boxes[4 * (rows[at >> 2] as number) + (at & 3)] as number;
    }
    return { ...list, ...chosen };
  }

  private setBox(image: number, box: Box): void {
    if (!this.haveBoxes) {
      this.boxes = new Int32Array(4 * this.files.length);
    }
    this.boxes.set(box, 4 * image);
  }

  private setRange(image: number, { offset, length }: ByteRange): void {
    if (this.extents.length === 0) {
      this.extents = new Float64Array(2 * this.files.length);
    }
    this.extents[2 * image] = offset;
    this.extents[2 * image + 1] = length;
  }

  private shard(path: string): number {
    const known = this.shards.get(path);
    if (known !== undefined) {
      return known;
    }
    this.shards.set(path, this.paths);
    return this.addPath(path);
  }

  private addPath(path: string): number {
    const from = this.paths === 0 ? 0 : (this.ends[this.paths - 1] as number);
    const most = from + bytesOfUnit * path.length;
    if (most > this.bytes.length) {
      this.bytes = grownBuffer(this.bytes, most);
    }
    if (this.paths === this.ends.length) {
      this.ends = grown(this.ends, 16);
    }
    this.ends[this.paths] = from + this.bytes.write(path, from, 'utf8');
    return this.paths++;
  }
}
