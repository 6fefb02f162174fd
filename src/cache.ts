/** Where downloads live; the same pins and folder that set-up uses. */
export { cacheFolder, type Wheel, wheelFolder, wheels } from '../scripts/pins.mjs';
