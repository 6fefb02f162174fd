/** The one door from `src` to `scripts`, which run before anything is installed: pins, set-up and doctor. */
export { cacheFolder, type Wheel, wheelFolder, wheels } from '../scripts/pins.mjs';

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
