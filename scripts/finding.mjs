/** What the inspection of a part says, and what to do about its fault: set-up acts on it, doctor prints it. */
import { closedFault } from './access.mjs';
import { addonCache } from './addon-place.mjs';
import { cacheFolder } from './pins.mjs';

/**
 * A part that is in order has a version and a source. Any other has a remedy and perhaps a fault; without one it is missing.
 * Bobbin works without an `optional` part.
 * @typedef {{ok: boolean, optional?: boolean, version?: string, from?: string, fault?: string | undefined, remedy?: string}} Finding
 */

/**
 * A part that is missing, and that this machine does not need.
 * @param {string} remedy what to do, or why nothing need be done
 * @returns {Finding}
 */
export const without = (remedy) => ({ ok: false, optional: true, remedy });

/** Installs what is missing and repairs what is damaged. */
const RUN_SETUP = 'run `npx bobbin setup`';

const share =
  'repeat set-up as the user who ran it, with a cache that all users can read: `BOBBIN_CACHE=/opt/bobbin npx bobbin setup`; then set that variable for all users';

/**
 * The way out of a fault, without a capital letter or a full stop.
 * @param {string} [fault] as doctor prints it, or what the dynamic loader said
 */
export function wayOut(fault = 'missing') {
  const other = addonCache();
  const elsewhere = /^(missing|built for)/.test(fault) && ![undefined, cacheFolder].includes(other);
  if (fault.startsWith('not readable') || (elsewhere && closedFault(`${other}`) !== undefined)) {
    return share;
  }
  if (elsewhere) {
    return `set BOBBIN_CACHE=${other}, with which set-up was run, or ${RUN_SETUP}`;
  }
  if (fault.includes('failed to map segment')) {
    return 'move it to a file system that allows programs: this one is mounted with noexec, or security rules forbid them';
  }
  const [, library] = fault.match(/(\S+\.so\S*): cannot open shared object file/) ?? [];
  return library === undefined ? RUN_SETUP : `install the system's ${library}, or ${RUN_SETUP}`;
}
