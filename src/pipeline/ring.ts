/** The number of slots in a loader's ring: a given number, or as many as fit into a memory budget. */
import { expected } from '../errors.js';
import { bytesOf, type PixelType } from './pixel-type.js';

/** Bytes to which slots are aligned, for vector loads. */
const alignment = 64;
/** One slot is held while another is rendered. */
export const fewestSlots = 2;
export const mostSlots = 1024;

/** The content of a slot. */
export interface SlotContent {
  /** Images · views. */
  rows: number;
  /** Side of a square view in pixels. */
  crop: number;
  dtype: PixelType;
}

/** The size of one slot in bytes. */
export function slotBytes({ rows, crop, dtype }: SlotContent): number {
  return Math.ceil((rows * crop * crop * 3 * bytesOf[dtype]) / alignment) * alignment;
}

/**
 * The most slots that stay within `memoryMB` · 10⁶ bytes, at most {@link mostSlots}.
 *
 * @throws InvalidInputError with the smallest sufficient budget when fewer than two slots fit.
 */
export function slotsWithin(memoryMB: number, content: SlotContent): number {
  const slots = Math.floor((memoryMB * 1e6) / slotBytes(content));
  if (slots >= fewestSlots) {
    return Math.min(slots, mostSlots);
  }
  const least = Math.ceil((fewestSlots * slotBytes(content)) / 1e5) / 10;
  const remedy = 'Give more, or take smaller batches or a smaller dtype';
  throw expected(`at least ${least}, for two batches,`, 'memoryMB', memoryMB, remedy);
}
