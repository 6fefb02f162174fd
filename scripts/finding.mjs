/** What the inspection of a part says: set-up acts on it, doctor prints it. */

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
