/** Headless Chromium for the tests of pages, and a server of their files. */
import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { type Listening, listen } from '../servers/listen.js';

/** Where Debian's package has it. */
const program = '/usr/bin/chromium';

/** Why tests of pages are skipped here, or false. */
export const withoutChromium = existsSync(program) ? false : 'needs the Debian package chromium';

/** Chromium with WebGL by SwiftShader, which computes on the processor. */
export const openChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: program,
    args: [
      '--no-sandbox',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

/**
 * Serves the files of folders, each below the address of its name; an address without a file is that of `index.html`.
 *
 * @param headers of all answers
 */
export const serveFolders = (
  folders: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Listening> =>
  listen(({ url = '' }, response) => {
    const [, name = '', ...rest] = decodeURIComponent(new URL(url, 'http://x').pathname).split('/');
    const file = path.join(folders[name] ?? '/none', ...rest);
    const served = url.endsWith('/') ? path.join(file, 'index.html') : file;
    response.setHeaders(new Headers(headers));
    response.setHeader('content-type', types[path.extname(served)] ?? 'application/octet-stream');
    createReadStream(served)
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
