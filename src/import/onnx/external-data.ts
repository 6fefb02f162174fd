/** Reads tensors that lie in files beside an ONNX file: https://onnx.ai/onnx/repo-docs/ExternalData.html */
import path from 'node:path';
import { openRegular } from '../../disk/index.js';
import { expected, missing } from '../../errors.js';
import type { TensorProto } from './proto.js';
import { damaged } from './wire.js';

/** The bytes of a tensor in a file beside the ONNX file; `end` is where the next tensor may begin. */
interface Place {
  tensor: string;
  location: string;
  begin: number;
  end: number;
}

export class ExternalData {
  private readonly places: ReadonlyMap<TensorProto, Place>;

  /**
   * @param file path of the ONNX file
   * @throws InvalidInputError where a file is outside of its folder, and where two tensors share bytes: many tensors of one
   *   place would take more memory than the files are long
   */
  constructor(
    private readonly file: string,
    tensors: readonly TensorProto[],
  ) {
    const external = tensors.filter(({ dataLocation }) => dataLocation === 1);
    this.places = new Map(external.map((tensor) => [tensor, placeOf(tensor, file)]));
    const places = [...this.places.values()].sort(
      (a, b) => compare(a.location, b.location) || a.begin - b.begin || a.end - b.end,
    );
    for (const [index, { tensor, location, begin }] of places.slice(1).entries()) {
      const before = places[index] as Place;
      if (before.location === location && begin < before.end) {
        const name = `the tensor ${tensor} of ${file}`;
        const received = `those of ${before.tensor}`;
        throw expected(`bytes of its own in ${location}`, name, received, damaged);
      }
    }
  }

  /** The bytes of `tensor`; undefined if it lies in the ONNX file itself. */
  async read(tensor: TensorProto, bytes: number): Promise<Buffer | undefined> {
    const place = this.places.get(tensor);
    if (place === undefined) {
      return undefined;
    }
    const { location, begin, end } = place;
    const beside = path.join(path.dirname(this.file), location);
    if (end - begin !== bytes) {
      const name = `the tensor ${place.tensor} of ${this.file}`;
      throw expected(`${bytes} bytes in ${location}`, name, end - begin, damaged);
    }
    const { handle, size } = await openRegular(beside).catch((cause: NodeJS.ErrnoException) => {
      const remedy = 'Copy it there: the weights are in it';
      throw cause.code === 'ENOENT' ? missing(location, this.file, remedy) : cause;
    });
    try {
      if (end > size) {
        throw expected(`at least ${end} bytes`, beside, size, damaged);
      }
      // Memory of its own, which a typed array can view, and not a piece of Node's pool.
      const buffer = Buffer.alloc(bytes);
      const { bytesRead } = await handle.read(buffer, 0, bytes, begin);
      if (bytesRead !== bytes) {
        throw expected(`${bytes} bytes at ${begin}`, beside, bytesRead, damaged);
      }
      return buffer;
    } finally {
      await handle.close();
    }
  }
}

function placeOf({ name = '', externalData = [] }: TensorProto, file: string): Place {
  const entries = new Map(externalData.map(({ key = '', value = '' }) => [key, value]));
  const location = entries.get('location') ?? '';
  const [begin, length] = ['offset', 'length'].map((key) => Number(entries.get(key) ?? 0));
  const end = (begin as number) + (length as number);
  if (
    !Number.isSafeInteger(begin) ||
    !Number.isSafeInteger(end) ||
    (length as number) < 0 ||
    (begin as number) < 0
  ) {
    const received = `${entries.get('offset')} and ${entries.get('length')}`;
    throw expected(
      'a length, and an offset from 0',
      `the tensor ${name} of ${file}`,
      received,
      damaged,
    );
  }
  const [first] = path.normalize(location).split(path.sep);
  if (location === '' || location.includes('\0') || path.isAbsolute(location) || first === '..') {
    const what = 'a file in the same folder';
    throw expected(what, `the tensor ${name} of ${file}`, location, 'A file may name no others');
  }
  return { tensor: name, location, begin: begin as number, end };
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));
