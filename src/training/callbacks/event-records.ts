/**
 * The records of TensorBoard's event files: `Event` messages (tensorflow/core/util/event.proto) in the frames of TFRecord
 * (https://www.tensorflow.org/tutorials/load_data/tfrecord).
 */
import { Crc } from '../../crc.js';
import { bytesField, doubleField, floatField, intField } from '../../protobuf.js';

/** The first record of each file. @param time seconds since 1970 */
export const versionRecord = (time: number): Buffer =>
  framed([...doubleField(1, time), ...bytesField(3, Buffer.from('brain.Event:2'))]);

/** Says that a run goes on with `step`: TensorBoard then forgets what earlier files have of this step and later ones. */
export const startRecord = (time: number, step: number): Buffer =>
  framed([...doubleField(1, time), ...intField(2, step), ...bytesField(7, intField(1, 1))]);

/** Numbers of a step by their tags. */
export function scalarsRecord(
  time: number,
  step: number,
  scalars: Readonly<Record<string, number>>,
): Buffer {
  const values = Object.entries(scalars).flatMap(([tag, value]) =>
    bytesField(1, [...bytesField(1, Buffer.from(tag)), ...floatField(2, value)]),
  );
  return framed([...doubleField(1, time), ...intField(2, step), ...bytesField(5, values)]);
}

/** Length, its checksum, the content and its checksum. */
function framed(content: number[]): Buffer {
  const frame = Buffer.alloc(12 + content.length + 4);
  frame.writeBigUInt64LE(BigInt(content.length));
  frame.writeUInt32LE(maskedCrc(frame.subarray(0, 8)), 8);
  frame.set(content, 12);
  frame.writeUInt32LE(maskedCrc(frame.subarray(12, -4)), frame.length - 4);
  return frame;
}

const crc32c = new Crc(0x82f63b78);

/** CRC-32C, masked as TFRecord wants it. */
function maskedCrc(bytes: Uint8Array): number {
  const sum = crc32c.of(bytes);
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
}
