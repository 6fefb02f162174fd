/** The one door from `src` to `scripts`, which run before anything is installed: pins, set-up and doctor. */
export { cacheFolder, type Wheel, wheelFolder, wheels } from '../scripts/pins.mjs';

/** Installs every part that is missing; throws one sentence that names what cannot be had and how to get it. */
export async function setup(): Promise<void> {
  const module = await import('../scripts/setup.mjs');
  module.setup();
}

/** Prints each part with its version and origin; whether all that Bobbin needs is there. */
export async function doctor(): Promise<boolean> {
  const module = await import('../scripts/doctor.mjs');
  return module.doctor();
}
