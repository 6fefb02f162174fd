/** What the inspection of a part says: set-up acts on it, doctor prints it. */

/**
 * A part that is there has a version and a source; a missing part has a remedy. Bobbin works without an
 * `optional` part.
 * @typedef {{ok: boolean, optional?: boolean, version?: string, from?: string, remedy?: string}} Finding
 */

/**
 * A part that is missing, and that this machine does not need.
 * @param {string} remedy what to do, or why nothing need be done
 * @returns {Finding}
 */
export const without = (remedy) => ({ ok: false, optional: true, remedy });
