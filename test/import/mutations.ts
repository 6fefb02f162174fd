/** Changes to network files that keep their outer form whole, so that they reach what lies behind the first check. */
import type { Change } from '../support/hostile/mutate.js';
import { below } from '../support/random.js';

const odd = [null, true, '', 'x', 0, -1, 0.5, 1e9, 2 ** 53, '9007199254740993', [], {}, [[]]];

/** Changes a value inside the longest JSON of a file. Where more follows, the text keeps its length. */
export const changeJson: Change = (bytes, random) => {
  const [start, end] = longestJson(bytes);
  let root: unknown;
  try {
    root = JSON.parse(bytes.toString('utf8', start, end));
  } catch {
    return bytes;
  }
  const places = placesIn(root);
  const [parent, key] = places[below(random, places.length)] ?? [];
  if (parent === undefined || key === undefined) {
    return bytes;
  }
  const [other, otherKey] = places[below(random, places.length)] as Place;
  const value = odd[below(random, odd.length)];
  [
    () => Reflect.deleteProperty(parent, key),
    () => Reflect.set(parent, key, value),
    () => Reflect.set(parent, key, structuredClone(other[otherKey])),
    () => Reflect.set(parent, key, Number(parent[key]) * 2 ** (below(random, 40) - 4)),
    () => Reflect.set(parent, key, [parent[key], parent[key]]),
  ][below(random, 5)]?.();
  const text = Buffer.from(JSON.stringify(root));
  const room = end - start;
  if (end === bytes.length) {
    return Buffer.concat([bytes.subarray(0, start), text]);
  }
  return text.length > room
    ? bytes
    : Buffer.concat([
        bytes.subarray(0, start),
        text,
        Buffer.alloc(room - text.length, ' '),
        bytes.subarray(end),
      ]);
};

/** An archive has a short JSON and a long one. */
function longestJson(bytes: Buffer): [start: number, end: number] {
  let longest: [number, number] = [0, 0];
  for (let start = bytes.indexOf('{"'); start >= 0; ) {
    const end = endOfJson(bytes, start);
    if (end - start > longest[1] - longest[0]) {
      longest = [start, end];
    }
    start = bytes.indexOf('{"', end);
  }
  return longest;
}

/** Behind the brace that closes the one at `start`. */
function endOfJson(bytes: Buffer, start: number): number {
  let [depth, isText] = [0, false];
  for (let at = start; at < bytes.length; at++) {
    const sign = String.fromCharCode(bytes[at] as number);
    if (sign === '"') {
      isText = !isText;
    } else if (isText) {
      at += Number(sign === '\\');
    } else {
      depth += Number(sign === '{') - Number(sign === '}');
      if (depth === 0) {
        return at + 1;
      }
    }
  }
  return bytes.length;
}

type Place = [parent: Record<string, unknown>, key: string];

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const parent = value as Place[0];
  return Object.keys(parent).flatMap((key): Place[] => [[parent, key], ...placesIn(parent[key])]);
}

/** Changes a field of a message of protobuf, or of one inside it; lengths are those of the new content. */
export const changeMessage: Change = (bytes, random) => changedMessage(bytes, random) ?? bytes;

function changedMessage(bytes: Buffer, random: () => number): Buffer | undefined {
  const fields = fieldsOf(bytes);
  if (fields === undefined) {
    return undefined;
  }
  const chosen = below(random, fields.length);
  const { tag, body } = fields[chosen] as Field;
  const inner = body !== undefined && random() < 0.8 ? changedMessage(body, random) : undefined;
  const other = fields[below(random, fields.length)] as Field;
  const pieces = fields.map(({ whole }) => whole);
  const changed = [
    [],
    [pieces[chosen], pieces[chosen]],
    [other.whole],
    [delimited(tag, Buffer.alloc(0))],
    [varint(tag - (tag % 8)), varint(2 ** below(random, 54) - 1)],
  ][below(random, 5)] as Buffer[];
  pieces.splice(chosen, 1, ...(inner === undefined ? changed : [delimited(tag, inner)]));
  return Buffer.concat(pieces);
}

interface Field {
  tag: number;
  /** The field as it is in the file. */
  whole: Buffer;
  /** What has a length: text, bytes, or a message. */
  body?: Buffer;
}

/** The fields of a message; undefined if the bytes are none. */
function fieldsOf(bytes: Buffer): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag, from] = numberAt(bytes, at);
    const [value, after] = numberAt(bytes, from);
    const type = tag % 8;
    const end = [after, from + 8, after + value, Number.NaN, Number.NaN, from + 4][type] ?? NaN;
    if (!(end <= bytes.length) || tag < 8) {
      return undefined;
    }
    const whole = bytes.subarray(at, end);
    fields.push({ tag, whole, ...(type === 2 && { body: bytes.subarray(after, end) }) });
    at = end;
  }
  return fields.length > 0 ? fields : undefined;
}

function numberAt(bytes: Buffer, start: number): [value: number, next: number] {
  let [value, at] = [0, start];
  for (let scale = 1; at < bytes.length; scale *= 128) {
    const byte = bytes[at++] as number;
    value += (byte & 127) * scale;
    if (byte < 128) {
      break;
    }
  }
  return [value, at];
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    bytes.push((left % 128) + (left >= 128 ? 128 : 0));
    if (left < 128) {
      return Buffer.from(bytes);
    }
  }
}

const delimited = (tag: number, body: Buffer): Buffer =>
  Buffer.concat([varint(tag - (tag % 8) + 2), varint(body.length), body]);
