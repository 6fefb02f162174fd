/** The programs that only packing needs. */
import { ask } from '../../run.mjs';

/**
 * @param {Record<string, string>} tools each program with the Debian package that brings it
 * @throws {Error} one sentence, when one is missing
 */
export function requireTools(tools) {
  for (const [tool, name] of Object.entries(tools)) {
    if (ask(tool, ['--version']) === undefined) {
      throw new Error(
        `Expected the program ${tool} but received none; \`apt-get install ${name}\` brings it`,
      );
    }
  }
}
