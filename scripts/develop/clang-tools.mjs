/** clang-format and clang-tidy, pinned and kept in the cache: `node scripts/develop/clang-tools.mjs clang-tidy` prints a path. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { pipPart, wheelPart } from '../parts.mjs';
import { wheelFolder, wheels } from '../pins.mjs';
import { runScript } from '../run.mjs';
import { install } from '../setup.mjs';

const clangTools = wheelPart('clang-format and clang-tidy', () => wheels.clangTools);

/**
 * The path of a tool, which is fetched first if the cache lacks it.
 * @param {'clang-format' | 'clang-tidy'} name
 * @throws {Error} one sentence that names the part that cannot be installed, and how to get it
 */
export function clangTool(name) {
  if (!clangTools.inspect().ok) {
    for (const part of [pipPart, clangTools]) {
      install(part, console.error);
    }
  }
  const folder = name.replace('-', '_');
  return path.join(wheelFolder(wheels.clangTools), folder, 'data', 'bin', name);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  runScript('clang-tools', () => {
    const [, , name] = process.argv;
    if (name !== 'clang-format' && name !== 'clang-tidy') {
      throw new Error(`Expected clang-format or clang-tidy but received "${name}"`);
    }
    console.log(clangTool(name));
  });
}
